# without installalsoupdates: a request for what is installed updates it
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
system x86_64 rpm system
solverflags !installalsoupdates
job install name a
result transaction,problems <inline>
