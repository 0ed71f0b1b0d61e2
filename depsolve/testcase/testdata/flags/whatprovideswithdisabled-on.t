# whatprovideswithdisabled: excluded packages can be named
poolflags whatprovideswithdisabled
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: a 2 1 noarch
system x86_64 rpm system
disable pkg a-2-1.noarch@available
job install name a = 2-1
result transaction,problems <inline>
#>problem cdd52081 info package a-2-1.noarch is disabled
#>problem cdd52081 solution 473d8ef7 deljob install name a = 2-1
