# dupallowvendorchange: a distupgrade changes vendors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: x
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: y
system x86_64 rpm system
solverflags dupallowvendorchange
job distupgrade all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
