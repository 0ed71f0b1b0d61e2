# without allowdowngrade: an update may lower the version
repo system 0 testtags <inline>
#>=Pkg: a 2 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
#>=Con: a = 2-1
system x86_64 rpm system
solverflags !allowdowngrade
job install name b
result transaction,problems <inline>
#>problem 9481b143 info package b-1-1.noarch conflicts with a = 2-1 provided by a-2-1.noarch
#>problem 9481b143 solution 04965c06 replace a-2-1.noarch@system a-1-1.noarch@available
#>problem 9481b143 solution e98e1a37 deljob install name b
