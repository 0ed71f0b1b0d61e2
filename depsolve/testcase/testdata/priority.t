# a better repository hides newer versions
repo system 0 empty
repo base 10 testtags <inline>
#>=Pkg: a 1 1 noarch
repo extra 5 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Pkg: b 1 1 noarch
#>=Req: a >= 2
system x86_64 rpm system
job install name a
result transaction,problems <inline>
#>install a-1-1.noarch@base

nextjob
job install name b
result transaction,problems <inline>
#>install a-2-1.noarch@extra
#>install b-1-1.noarch@extra
