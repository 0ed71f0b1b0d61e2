# a package that could stay beside its newer version, and stands in the way of
# another one
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Pkg: b 2 1 noarch
#>=Con: a = 1-1
system x86_64 rpm system
solverflags keeporphans
job multiversion name a
job distupgrade all packages
result transaction,problems <inline>
#>install a-2-1.noarch@available
#>problem 52ff7707 info package b-2-1.noarch conflicts with a = 1-1 provided by a-1-1.noarch
#>problem 52ff7707 solution 0653f90a allow b-1-1.noarch@system
#>problem 52ff7707 solution 567aa15d erase a-1-1.noarch@system
#>problem 52ff7707 solution 567aa15d replace a-1-1.noarch@system a-2-1.noarch@available
#>problem 52ff7707 solution ddd901dc erase b-1-1.noarch@system
