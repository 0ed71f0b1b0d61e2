# keeporphans: packages without repository stay in a distupgrade
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
#>=Req: a = 1
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
system x86_64 rpm system
solverflags keeporphans
job distupgrade all packages
result transaction,problems <inline>
#>erase b-1-1.noarch@system
#>problem 199dc562 info package b-1-1.noarch requires a = 1, but none of the providers can be installed
#>problem 199dc562 solution 038770e7 erase b-1-1.noarch@system
#>problem 199dc562 solution 84a9e887 allow a-1-1.noarch@system
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
