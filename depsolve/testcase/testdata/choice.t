# an update comes before a new package
repo system 0 testtags <inline>
#>=Pkg: lib 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: lib 2 1 noarch
#>=Prv: feature
#>=Pkg: another 1 1 noarch
#>=Prv: feature
#>=Pkg: app 1 1 noarch
#>=Req: feature
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available
