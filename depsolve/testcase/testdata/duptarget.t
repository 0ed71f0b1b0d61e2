# A dist-upgrade to one version rules out what obsoletes the package.
repo system 0 testtags <inline>
#>=Pkg: tool 1 1 noarch
repo test 0 testtags <inline>
#>=Pkg: tool 3 1 noarch
#>=Pkg: successor 1 1 noarch
#>=Obs: tool
system unset rpm system
job distupgrade name tool = 3
result transaction,problems <inline>
#>upgrade tool-1-1.noarch@system tool-3-1.noarch@test

nextjob
job distupgrade name tool
result transaction,problems <inline>
#>erase tool-1-1.noarch@system successor-1-1.noarch@test
#>install successor-1-1.noarch@test

nextjob
solverflags noautotarget
job distupgrade name tool = 3
result transaction,problems <inline>
