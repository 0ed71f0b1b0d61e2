# a versioned requirement on something provided
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: service > 1.5
#>=Pkg: old 1 1 noarch
#>=Prv: service = 1.5-9
#>=Pkg: new 1 1 noarch
#>=Prv: service = 1.6
#>=Pkg: any 1 1 noarch
#>=Prv: service
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install any-1-1.noarch@available
#>install app-1-1.noarch@available
