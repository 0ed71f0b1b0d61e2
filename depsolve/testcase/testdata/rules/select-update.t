# every selection of the job: update
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
job update pkg a-1-1.x86_64@system
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update pkg a-2-1.x86_64@available
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job update name a
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update name a = 2
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job update name a = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job update name a >= 2
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update name a . x86_64
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update name a . i686
result transaction,problems <inline>

nextjob
job update name (a . x86_64) = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job update provides a
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update provides va
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update provides va = 1
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update provides a | b
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update provides a & b
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update provides nowhere
result transaction,problems <inline>

nextjob
job update name nowhere
result transaction,problems <inline>

nextjob
job update oneof a-1-1.x86_64@system b-1-1.noarch@available
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update oneof nothing
result transaction,problems <inline>

nextjob
job update all packages
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job update repo available
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available
