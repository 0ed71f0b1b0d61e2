# without needupdateprovide: who obsoletes a package but does not provide its name is no update
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 2 1 noarch
#>=Obs: a
system x86_64 rpm system
solverflags !needupdateprovide
job update all packages
result transaction,problems <inline>
#>erase a-1-1.noarch@system b-2-1.noarch@available
#>install b-2-1.noarch@available
