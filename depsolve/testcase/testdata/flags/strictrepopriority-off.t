# without strictrepopriority: worse repositories do not count for a name
repo system 0 testtags <inline>
repo available 10 testtags <inline>
#>=Pkg: a 1 1 noarch
repo other 5 testtags <inline>
#>=Pkg: a 2 1 noarch
system x86_64 rpm system
solverflags !strictrepopriority
job install name a >= 2
result transaction,problems <inline>
#>install a-2-1.noarch@other
