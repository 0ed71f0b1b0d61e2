# down to what the repositories have, orphans stay on request
repo system 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Pkg: orphan 1 1 noarch
#>=Pkg: needy 1 1 noarch
#>=Req: orphan
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: needy 1 1 noarch
#>=Req: orphan
system x86_64 rpm system
solverflags keeporphans
job distupgrade all packages
result transaction,problems <inline>
#>downgrade a-2-1.noarch@system a-1-1.noarch@available

nextjob
job distupgrade all packages
job droporphaned all packages
result transaction,problems <inline>
#>downgrade a-2-1.noarch@system a-1-1.noarch@available
