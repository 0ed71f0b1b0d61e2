# without dupallownamechange: a distupgrade follows obsoletes
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 2 1 noarch
#>=Obs: a
#>=Prv: a = 2
system x86_64 rpm system
solverflags !dupallownamechange
job distupgrade all packages
result transaction,problems <inline>
#>erase a-1-1.noarch@system b-2-1.noarch@available
#>install b-2-1.noarch@available
#>problem e4a1b03d info problem with installed package a-1-1.noarch
#>problem e4a1b03d solution 567aa15d replace a-1-1.noarch@system b-2-1.noarch@available
#>problem e4a1b03d solution 84a9e887 allow a-1-1.noarch@system
