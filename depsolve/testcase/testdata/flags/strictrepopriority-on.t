# strictrepopriority: worse repositories do not count for a name
repo system 0 testtags <inline>
repo available 10 testtags <inline>
#>=Pkg: a 1 1 noarch
repo other 5 testtags <inline>
#>=Pkg: a 2 1 noarch
system x86_64 rpm system
solverflags strictrepopriority
job install name a >= 2
result transaction,problems <inline>
#>problem 0f0ac988 info package a-2-1.noarch is excluded by strict repo priority
#>problem 0f0ac988 solution 0b2d7e9d deljob install name a >= 2
#>problem 0f0ac988 solution 27b17157 allow a-2-1.noarch@other
