# without keepexplicitobsoletes: explicit obsoletes of packages in several versions count
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 1 1 noarch
#>=Obs: a
system x86_64 rpm system
solverflags !keepexplicitobsoletes
job multiversion name b
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available
