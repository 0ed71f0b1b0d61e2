# a chain of requirements, the best version of each
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: lib >= 2
#>=Pkg: lib 1 1 noarch
#>=Pkg: lib 2 1 noarch
#>=Req: base
#>=Pkg: lib 3 1 noarch
#>=Req: base
#>=Pkg: base 1 1 noarch
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install base-1-1.noarch@available
#>install lib-3-1.noarch@available
