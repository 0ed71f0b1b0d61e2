# no choice where only one is right
repo system 0 testtags <inline>
#>=Pkg: base 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: role
#>=Pkg: one 1 1 noarch
#>=Prv: role
#>=Con: base
#>=Pkg: two 1 1 noarch
#>=Prv: role
system x86_64 rpm system
job lock name base
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install two-1-1.noarch@available

nextjob
job install name two
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install two-1-1.noarch@available

nextjob
job install name app
job erase name two
result transaction,problems <inline>
#>problem 4169bf86 info package app-1-1.noarch requires role, but none of the providers can be installed
#>problem 4169bf86 solution 594615a1 erase base-1-1.noarch@system
#>problem 4169bf86 solution 5fb31b40 deljob erase name two
#>problem 4169bf86 solution 92446d57 deljob install name app

nextjob
job install name one
result transaction,problems <inline>
#>problem ce8c8ef0 info package one-1-1.noarch conflicts with base provided by base-1-1.noarch
#>problem ce8c8ef0 solution 2715deb1 deljob install name one
#>problem ce8c8ef0 solution 594615a1 erase base-1-1.noarch@system
