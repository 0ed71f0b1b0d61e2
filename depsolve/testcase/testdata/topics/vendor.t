# vendors: changes need permission or a class that both belong to
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: x
#>=Pkg: b 1 1 noarch
#>=Pkg: c 1 1 noarch
#>=Vnd: z
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: y
#>=Pkg: b 2 1 noarch
#>=Vnd: y
#>=Pkg: c 2 1 noarch
#>=Vnd: y
#>=Pkg: c 3 1 noarch
#>=Vnd: x
#>=Pkg: need 1 1 noarch
#>=Req: a = 2-1
system x86_64 rpm system
job update all packages
result transaction,problems <inline>

nextjob
vendorclass x y
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available

nextjob
vendorclass x y
vendorclass z*
job update name c
result transaction,problems <inline>

nextjob
vendorclass * !z
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
#>upgrade b-1-1.noarch@system b-2-1.noarch@available
#>upgrade c-1-1.noarch@system c-3-1.noarch@available

nextjob
job install name need
result transaction,problems <inline>
#>install need-1-1.noarch@available
#>upgrade a-1-1.noarch@system a-2-1.noarch@available

nextjob
solverflags allowvendorchange
job install name need
result transaction,problems <inline>
#>install need-1-1.noarch@available
#>upgrade a-1-1.noarch@system a-2-1.noarch@available

nextjob
job install name a = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available

nextjob
job install name a [setvendor]
result transaction,problems <inline>

nextjob
job distupgrade all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
#>upgrade b-1-1.noarch@system b-2-1.noarch@available
#>upgrade c-1-1.noarch@system c-3-1.noarch@available

nextjob
solverflags !dupallowvendorchange
job distupgrade all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
#>upgrade b-1-1.noarch@system b-2-1.noarch@available
#>upgrade c-1-1.noarch@system c-3-1.noarch@available
