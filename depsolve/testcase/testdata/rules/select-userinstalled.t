# every selection of the job: userinstalled
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
job userinstalled pkg a-1-1.x86_64@system
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled pkg a-2-1.x86_64@available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name a
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name a = 2
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name a = 2-1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name a >= 2
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name a . x86_64
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name a . i686
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name (a . x86_64) = 2-1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled provides a
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled provides va
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled provides va = 1
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled provides a | b
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled provides a & b
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled provides nowhere
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled name nowhere
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled oneof a-1-1.x86_64@system b-1-1.noarch@available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled oneof nothing
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled all packages
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available

nextjob
job userinstalled repo available
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available
