# vendors do not change by themselves
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: one
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: two
#>=Pkg: a 1 2 noarch
#>=Vnd: one
system x86_64 rpm system
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-1-2.noarch@available

nextjob
solverflags allowvendorchange
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available

nextjob
job install pkg a-2-1.noarch@available
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
