# every selection of the job: favor
repo system 0 testtags <inline>
#>=Pkg: a 1 1 x86_64
#>=Prv: va = 1
#>=Pkg: c 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 2 1 x86_64
#>=Prv: va = 2
#>=Pkg: a 3 1 i686
#>=Pkg: a 3 1 x86_64
#>=Req: d
#>=Pkg: b 1 1 noarch
#>=Prv: va
#>=Pkg: d 1 1 noarch
system x86_64 rpm system
job favor pkg a-1-1.x86_64@system
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor pkg a-2-1.x86_64@available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name a
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name a = 2
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name a = 2-1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name a >= 2
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name a . x86_64
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name a . i686
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name (a . x86_64) = 2-1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor provides a
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor provides va
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor provides va = 1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor provides a | b
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor provides a & b
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor provides nowhere
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor name nowhere
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor oneof a-1-1.x86_64@system b-1-1.noarch@available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor oneof nothing
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor all packages
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job favor repo available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available
