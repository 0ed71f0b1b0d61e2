# every request that names nothing is a problem of its own
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: nowhere
#>=Pkg: good 1 1 noarch
system x86_64 rpm system
job install name app
job install name absent
job install name gone
job install name good
result transaction,problems <inline>
#>install good-1-1.noarch@available
#>problem 3170380d info nothing provides nowhere needed by app-1-1.noarch
#>problem 3170380d solution 92446d57 deljob install name app
#>problem c43b1300 info package absent does not exist
#>problem c43b1300 info package gone does not exist
#>problem c43b1300 solution 48111316 deljob install name absent
#>problem c43b1300 solution db9a9e9b deljob install name gone
