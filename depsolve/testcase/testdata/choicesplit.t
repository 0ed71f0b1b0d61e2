# an update that no longer provides what another package needs: the part that
# was split off comes in, the other package stays as it is
repo system 0 testtags <inline>
#>=Pkg: lib 1 1 noarch
#>=Prv: api
#>=Pkg: app 1 1 noarch
#>=Req: api
repo available 0 testtags <inline>
#>=Pkg: lib 1 1 noarch
#>=Prv: api
#>=Pkg: lib 2 1 noarch
#>=Pkg: lib-api 2 1 noarch
#>=Prv: api
#>=Pkg: app 2 1 noarch
#>=Req: api
system x86_64 rpm system
job update name lib
result transaction,problems <inline>
#>install lib-api-2-1.noarch@available
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
job update all packages
result transaction,problems <inline>
#>install lib-api-2-1.noarch@available
#>upgrade app-1-1.noarch@system app-2-1.noarch@available
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available
