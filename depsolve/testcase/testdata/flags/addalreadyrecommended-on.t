# addalreadyrecommended: what installed packages recommend comes too
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Rec: b
repo available 0 testtags <inline>
#>=Pkg: b 1 1 noarch
#>=Pkg: c 1 1 noarch
#>=Sup: a
#>=Pkg: d 1 1 noarch
system x86_64 rpm system
solverflags addalreadyrecommended
job install name d
result transaction,problems <inline>
#>install b-1-1.noarch@available
#>install c-1-1.noarch@available
#>install d-1-1.noarch@available
