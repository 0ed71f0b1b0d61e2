# boolean requirements
feature complex_deps
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: langpack <IF> desktop
#>=Req: sqlite | mysql
#>=Pkg: desktop 1 1 noarch
#>=Pkg: langpack 1 1 noarch
#>=Pkg: mysql 1 1 noarch
#>=Pkg: sqlite 1 1 noarch
#>=Con: desktop
#>=Pkg: both 1 1 noarch
#>=Req: one & two
#>=Pkg: one 1 1 noarch
#>=Pkg: two 1 1 noarch
#>=Pkg: single 1 1 noarch
#>=Req: feature-a + feature-b
#>=Pkg: fa 1 1 noarch
#>=Prv: feature-a
#>=Pkg: fab 1 1 noarch
#>=Prv: feature-a
#>=Prv: feature-b
#>=Pkg: picky 1 1 noarch
#>=Req: feature-a - feature-b
#>=Pkg: unless 1 1 noarch
#>=Req: one <UNLESS> desktop
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install mysql-1-1.noarch@available

nextjob
job install name app
job install name desktop
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install desktop-1-1.noarch@available
#>install langpack-1-1.noarch@available
#>install mysql-1-1.noarch@available

nextjob
job install name both
result transaction,problems <inline>
#>install both-1-1.noarch@available
#>install one-1-1.noarch@available
#>install two-1-1.noarch@available

nextjob
job install name single
result transaction,problems <inline>
#>install fab-1-1.noarch@available
#>install single-1-1.noarch@available

nextjob
job install name picky
result transaction,problems <inline>
#>install fa-1-1.noarch@available
#>install picky-1-1.noarch@available

nextjob
job install name unless
job install name desktop
result transaction,problems <inline>
#>problem 5a60e6c8 info package unless-1-1.noarch requires (one unless desktop), but none of the providers can be installed
#>problem 5a60e6c8 solution c31f74e9 deljob install name desktop
#>problem 5a60e6c8 solution e7937259 deljob install name unless
