# recommends, supplements, suggests
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Rec: helper
#>=Sug: extra
#>=Pkg: helper 1 1 noarch
#>=Pkg: extra 1 1 noarch
#>=Pkg: addon 1 1 noarch
#>=Sup: app
#>=Pkg: badaddon 1 1 noarch
#>=Sup: app
#>=Con: helper
#>=Pkg: broken 1 1 noarch
#>=Sup: app
#>=Req: nowhere
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install addon-1-1.noarch@available
#>install app-1-1.noarch@available
#>install badaddon-1-1.noarch@available

nextjob
solverflags ignorerecommended
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available

nextjob
job excludefromweak name addon
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install badaddon-1-1.noarch@available
