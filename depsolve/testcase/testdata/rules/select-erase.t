# every selection of the job: erase
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
job erase pkg a-1-1.x86_64@system
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase pkg a-2-1.x86_64@available
result transaction,problems <inline>

nextjob
job erase name a
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase name a = 2
result transaction,problems <inline>

nextjob
job erase name a = 2-1
result transaction,problems <inline>

nextjob
job erase name a >= 2
result transaction,problems <inline>

nextjob
job erase name a . x86_64
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase name a . i686
result transaction,problems <inline>

nextjob
job erase name (a . x86_64) = 2-1
result transaction,problems <inline>

nextjob
job erase provides a
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase provides va
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase provides va = 1
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase provides a | b
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase provides a & b
result transaction,problems <inline>

nextjob
job erase provides nowhere
result transaction,problems <inline>

nextjob
job erase name nowhere
result transaction,problems <inline>

nextjob
job erase oneof a-1-1.x86_64@system b-1-1.noarch@available
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job erase oneof nothing
result transaction,problems <inline>

nextjob
job erase all packages
result transaction,problems <inline>
#>erase a-1-1.x86_64@system
#>erase c-1-1.noarch@system

nextjob
job erase repo available
result transaction,problems <inline>
