# without dupallowvendorchange: a distupgrade changes vendors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: x
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: y
system x86_64 rpm system
solverflags !dupallowvendorchange
job distupgrade all packages
result transaction,problems <inline>
#>problem e4a1b03d info problem with installed package a-1-1.noarch
#>problem e4a1b03d solution 567aa15d replace a-1-1.noarch@system a-2-1.noarch@available
#>problem e4a1b03d solution 84a9e887 allow a-1-1.noarch@system
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
