# every selection of the job: lock
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
job lock pkg a-1-1.x86_64@system
result transaction,problems <inline>

nextjob
job lock pkg a-2-1.x86_64@available
result transaction,problems <inline>

nextjob
job lock name a
result transaction,problems <inline>

nextjob
job lock name a = 2
result transaction,problems <inline>

nextjob
job lock name a = 2-1
result transaction,problems <inline>

nextjob
job lock name a >= 2
result transaction,problems <inline>

nextjob
job lock name a . x86_64
result transaction,problems <inline>

nextjob
job lock name a . i686
result transaction,problems <inline>

nextjob
job lock name (a . x86_64) = 2-1
result transaction,problems <inline>

nextjob
job lock provides a
result transaction,problems <inline>

nextjob
job lock provides va
result transaction,problems <inline>

nextjob
job lock provides va = 1
result transaction,problems <inline>

nextjob
job lock provides a | b
result transaction,problems <inline>

nextjob
job lock provides a & b
result transaction,problems <inline>

nextjob
job lock provides nowhere
result transaction,problems <inline>

nextjob
job lock name nowhere
result transaction,problems <inline>

nextjob
job lock oneof a-1-1.x86_64@system b-1-1.noarch@available
result transaction,problems <inline>

nextjob
job lock oneof nothing
result transaction,problems <inline>

nextjob
job lock all packages
result transaction,problems <inline>

nextjob
job lock repo available
result transaction,problems <inline>
