# without yumobsoletes: all packages that a package is split up into come
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 2 1 noarch
#>=Obs: a < 2
#>=Pkg: c 2 1 noarch
#>=Obs: a < 2
#>=Pkg: d 2 1 noarch
#>=Obs: a < 2
#>=Req: b
system x86_64 rpm system
solverflags !yumobsoletes
job update all packages
result transaction,problems <inline>
#>erase a-1-1.noarch@system b-2-1.noarch@available
#>install b-2-1.noarch@available
