# a package split in two
repo system 0 testtags <inline>
#>=Pkg: old 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: new-a 2 1 noarch
#>=Obs: old < 2
#>=Pkg: new-b 2 1 noarch
#>=Obs: old < 2
system x86_64 rpm system
solverflags yumobsoletes
job update all packages
result transaction,problems <inline>
#>erase old-1-1.noarch@system new-a-2-1.noarch@available
#>install new-a-2-1.noarch@available
#>install new-b-2-1.noarch@available
