# focusinstalled: updates of installed packages come before requests
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Con: b = 2-1
#>=Pkg: b 1 1 noarch
#>=Pkg: b 2 1 noarch
system x86_64 rpm system
solverflags focusinstalled
job install name b
job update name a
result transaction,problems <inline>
#>install b-1-1.noarch@available
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
