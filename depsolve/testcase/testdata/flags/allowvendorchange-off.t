# without allowvendorchange: an update may change the vendor
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: x
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: y
system x86_64 rpm system
solverflags !allowvendorchange
job update all packages
result transaction,problems <inline>
