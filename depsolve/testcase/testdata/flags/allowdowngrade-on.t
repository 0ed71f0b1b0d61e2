# allowdowngrade: an update may lower the version
repo system 0 testtags <inline>
#>=Pkg: a 2 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
#>=Con: a = 2-1
system x86_64 rpm system
solverflags allowdowngrade
job install name b
result transaction,problems <inline>
#>downgrade a-2-1.noarch@system a-1-1.noarch@available
#>install b-1-1.noarch@available
