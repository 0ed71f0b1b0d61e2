# packages without repository in a distupgrade
repo system 0 testtags <inline>
#>=Pkg: orphan 1 1 noarch
#>=Req: lib = 1
#>=Pkg: lib 1 1 noarch
#>=Pkg: alone 1 1 noarch
#>=Pkg: user 1 1 noarch
#>=Req: alone
repo available 0 testtags <inline>
#>=Pkg: lib 2 1 noarch
#>=Pkg: user 1 1 noarch
#>=Req: alone
#>=Pkg: new 1 1 noarch
#>=Con: alone
system x86_64 rpm system
job distupgrade all packages
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
solverflags keeporphans
job distupgrade all packages
result transaction,problems,orphaned <inline>
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>problem 02d2ca0d info package orphan-1-1.noarch requires lib = 1, but none of the providers can be installed
#>problem 02d2ca0d solution d949960a allow lib-1-1.noarch@system
#>problem 02d2ca0d solution ed8f2e24 erase orphan-1-1.noarch@system

nextjob
job distupgrade all packages
job droporphaned all packages
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
job distupgrade all packages
job droporphaned name alone
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
job distupgrade all packages
job install name new
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>problem b43d7dd1 info package user-1-1.noarch requires alone, but none of the providers can be installed
#>problem b43d7dd1 solution 16b52461 erase user-1-1.noarch@system
#>problem b43d7dd1 solution 26484036 deljob install name new
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
solverflags allowuninstall keeporphans
job distupgrade all packages
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
job distupgrade repo available
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>problem 02d2ca0d info package orphan-1-1.noarch requires lib = 1, but none of the providers can be installed
#>problem 02d2ca0d solution d949960a allow lib-1-1.noarch@system
#>problem 02d2ca0d solution ed8f2e24 erase orphan-1-1.noarch@system
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
job distupgrade name lib
result transaction,problems,orphaned <inline>
#>erase orphan-1-1.noarch@system
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
#>problem 02d2ca0d info package orphan-1-1.noarch requires lib = 1, but none of the providers can be installed
#>problem 02d2ca0d solution d949960a allow lib-1-1.noarch@system
#>problem 02d2ca0d solution ed8f2e24 erase orphan-1-1.noarch@system
#>upgrade lib-1-1.noarch@system lib-2-1.noarch@available

nextjob
job update all packages
result transaction,problems,orphaned <inline>
#>orphaned alone-1-1.noarch@system
#>orphaned orphan-1-1.noarch@system
