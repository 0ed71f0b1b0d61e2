# noupdateprovide: who provides and obsoletes the name is no better than who only obsoletes it
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 2 1 noarch
#>=Obs: a
#>=Pkg: c 2 1 noarch
#>=Obs: a
#>=Prv: a = 3
system x86_64 rpm system
solverflags noupdateprovide
job update all packages
result transaction,problems <inline>
#>erase a-1-1.noarch@system b-2-1.noarch@available
#>install b-2-1.noarch@available
