# every selection of the job: distupgrade
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
job distupgrade pkg a-1-1.x86_64@system
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade pkg a-2-1.x86_64@available
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job distupgrade name a
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade name a = 2
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job distupgrade name a = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job distupgrade name a >= 2
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade name a . x86_64
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade name a . i686
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>problem 185a68ad info problem with installed package a-1-1.x86_64
#>problem 185a68ad solution 4e0425ae erase a-1-1.x86_64@system
#>problem 185a68ad solution 6f5a0f11 allow a-3-1.x86_64@available
#>problem 185a68ad solution 761faef6 allow a-3-1.i686@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade name (a . x86_64) = 2-1
result transaction,problems <inline>
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available

nextjob
job distupgrade provides a
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade provides va
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade provides va = 1
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade provides a | b
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade provides a & b
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade provides nowhere
result transaction,problems <inline>

nextjob
job distupgrade name nowhere
result transaction,problems <inline>

nextjob
job distupgrade oneof a-1-1.x86_64@system b-1-1.noarch@available
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade oneof nothing
result transaction,problems <inline>

nextjob
job distupgrade all packages
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available

nextjob
job distupgrade repo available
result transaction,problems <inline>
#>install d-1-1.noarch@available
#>upgrade a-1-1.x86_64@system a-3-1.x86_64@available
