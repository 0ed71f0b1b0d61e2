# without dupallowdowngrade: a distupgrade lowers versions
repo system 0 testtags <inline>
#>=Pkg: a 2 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
system x86_64 rpm system
solverflags !dupallowdowngrade
job distupgrade all packages
result transaction,problems <inline>
#>downgrade a-2-1.noarch@system a-1-1.noarch@available
#>problem 426ba4ae info problem with installed package a-2-1.noarch
#>problem 426ba4ae solution 04965c06 replace a-2-1.noarch@system a-1-1.noarch@available
#>problem 426ba4ae solution f377b31b allow a-2-1.noarch@system
