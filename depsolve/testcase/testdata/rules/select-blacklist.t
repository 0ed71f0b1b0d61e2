# every selection of the job: blacklist
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
job blacklist pkg a-1-1.x86_64@system
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist pkg a-2-1.x86_64@available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name a
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name a = 2
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name a = 2-1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name a >= 2
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name a . x86_64
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name a . i686
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name (a . x86_64) = 2-1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist provides a
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist provides va
job install name b
result transaction,problems <inline>
#>problem 87b9b353 info package b-1-1.noarch can only be installed by a direct request
#>problem 87b9b353 solution a4347fd0 allow b-1-1.noarch@available
#>problem 87b9b353 solution e98e1a37 deljob install name b

nextjob
job blacklist provides va = 1
job install name b
result transaction,problems <inline>
#>problem 87b9b353 info package b-1-1.noarch can only be installed by a direct request
#>problem 87b9b353 solution a4347fd0 allow b-1-1.noarch@available
#>problem 87b9b353 solution e98e1a37 deljob install name b

nextjob
job blacklist provides a | b
job install name b
result transaction,problems <inline>
#>problem 87b9b353 info package b-1-1.noarch can only be installed by a direct request
#>problem 87b9b353 solution a4347fd0 allow b-1-1.noarch@available
#>problem 87b9b353 solution e98e1a37 deljob install name b

nextjob
job blacklist provides a & b
job install name b
result transaction,problems <inline>
#>problem 87b9b353 info package b-1-1.noarch can only be installed by a direct request
#>problem 87b9b353 solution a4347fd0 allow b-1-1.noarch@available
#>problem 87b9b353 solution e98e1a37 deljob install name b

nextjob
job blacklist provides nowhere
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist name nowhere
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist oneof a-1-1.x86_64@system b-1-1.noarch@available
job install name b
result transaction,problems <inline>
#>problem 87b9b353 info package b-1-1.noarch can only be installed by a direct request
#>problem 87b9b353 solution a4347fd0 allow b-1-1.noarch@available
#>problem 87b9b353 solution e98e1a37 deljob install name b

nextjob
job blacklist oneof nothing
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist all packages
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job blacklist repo available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available
