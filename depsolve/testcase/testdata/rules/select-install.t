# every selection of the job: install
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
job install pkg a-1-1.x86_64@system
result transaction,problems <inline>

nextjob
job install pkg a-2-1.x86_64@available
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job install name a
result transaction,problems <inline>

nextjob
job install name a = 2
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job install name a = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job install name a >= 2
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job install name a . x86_64
result transaction,problems <inline>

nextjob
job install name a . i686
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-3-1.i686@available

nextjob
job install name (a . x86_64) = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job install provides a
result transaction,problems <inline>

nextjob
job install provides va
result transaction,problems <inline>

nextjob
job install provides va = 1
result transaction,problems <inline>

nextjob
job install provides a | b
result transaction,problems <inline>

nextjob
job install provides a & b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job install provides nowhere
result transaction,problems <inline>
#>problem c43b1300 info nothing provides requested nowhere
#>problem c43b1300 solution a82b2bf7 deljob install provides nowhere

nextjob
job install name nowhere
result transaction,problems <inline>
#>problem c43b1300 info package nowhere does not exist
#>problem c43b1300 solution d50fb448 deljob install name nowhere

nextjob
job install oneof a-1-1.x86_64@system b-1-1.noarch@available
result transaction,problems <inline>

nextjob
job install oneof nothing
result transaction,problems <inline>
