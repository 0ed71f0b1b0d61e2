# versions with ~ and ^, missing releases
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: a 1.0~rc1 1 noarch
#>=Pkg: b 1.0 1 noarch
#>=Req: a >= 1.0
#>=Pkg: a 1.0^git1 1 noarch
#>=Pkg: c 1 1 noarch
#>=Req: a = 1.0~rc1
#>=Pkg: d 1 1 noarch
#>=Req: a <= 1.0^git1
system x86_64 rpm system
job install name b
result transaction,problems <inline>
#>install a-1.0^git1-1.noarch@available
#>install b-1.0-1.noarch@available

nextjob
job install name c
result transaction,problems <inline>
#>install a-1.0~rc1-1.noarch@available
#>install c-1-1.noarch@available

nextjob
job install name d
result transaction,problems <inline>
#>install a-1.0^git1-1.noarch@available
#>install d-1-1.noarch@available
