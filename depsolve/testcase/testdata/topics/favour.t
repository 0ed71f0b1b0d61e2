# what is preferred among equals, or avoided
repo system 0 testtags <inline>
#>=Pkg: base 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: role
#>=Pkg: one 1 1 noarch
#>=Prv: role
#>=Pkg: two 1 1 noarch
#>=Prv: role
#>=Pkg: three 1 1 noarch
#>=Prv: role
#>=Pkg: w 1 1 noarch
#>=Rec: two
#>=Rec: role
#>=Pkg: lib 1 1 noarch
#>=Pkg: lib 2 1 noarch
system x86_64 rpm system
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install one-1-1.noarch@available

nextjob
job favor name two
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install two-1-1.noarch@available

nextjob
job favor name two
job favor name three
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install three-1-1.noarch@available

nextjob
job disfavor name one
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install three-1-1.noarch@available

nextjob
job disfavor name one
job disfavor name two
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install three-1-1.noarch@available

nextjob
job favor name three
job disfavor name three
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install one-1-1.noarch@available

nextjob
job favor pkg lib-1-1.noarch@available
job install name lib
result transaction,problems,recommended <inline>
#>install lib-1-1.noarch@available

nextjob
job disfavor name lib = 2-1
job install name lib
result transaction,problems,recommended <inline>
#>install lib-1-1.noarch@available

nextjob
job disfavor name two
job install name w
result transaction,problems,recommended <inline>
#>install one-1-1.noarch@available
#>install w-1-1.noarch@available
#>recommended one-1-1.noarch@available
#>recommended two-1-1.noarch@available

nextjob
job install name w
result transaction,problems,recommended <inline>
#>install two-1-1.noarch@available
#>install w-1-1.noarch@available
#>recommended two-1-1.noarch@available

nextjob
job excludefromweak name two
job install name w
result transaction,problems,recommended <inline>
#>install one-1-1.noarch@available
#>install w-1-1.noarch@available
#>recommended one-1-1.noarch@available
#>recommended two-1-1.noarch@available

nextjob
job favor provides role = 1
job install name app
result transaction,problems,recommended <inline>
#>install app-1-1.noarch@available
#>install one-1-1.noarch@available
