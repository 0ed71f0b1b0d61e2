# without strongrecommends: recommends bind
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Rec: b
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
#>=Req: missing
system x86_64 rpm system
solverflags !strongrecommends
job install name a
result transaction,problems <inline>
#>install a-2-1.noarch@available
