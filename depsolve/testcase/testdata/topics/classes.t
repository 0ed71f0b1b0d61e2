# what a transaction calls its steps
repo system 0 testtags <inline>
#>=Pkg: same 1 1 noarch
#>=Vnd: v
#>=Pkg: up 1 1 noarch
#>=Pkg: down 2 1 noarch
#>=Pkg: re 1 1 noarch
#>=Pkg: chg 1 1 i686
#>=Pkg: old1 1 1 noarch
#>=Pkg: old2 1 1 noarch
#>=Pkg: multi 1 1 noarch
#>=Pkg: bt 1 1 noarch
#>=Tim: 5
repo available 0 testtags <inline>
#>=Pkg: same 1 1 noarch
#>=Vnd: w
#>=Pkg: up 2 1 noarch
#>=Pkg: down 1 1 noarch
#>=Pkg: re 1 1 noarch
#>=Pkg: chg 1 1 x86_64
#>=Pkg: new 1 1 noarch
#>=Obs: old1
#>=Obs: old2
#>=Pkg: multi 2 1 noarch
#>=Pkg: bt 1 1 noarch
#>=Tim: 6
system x86_64 rpm system
job install pkg same-1-1.noarch@available
result transaction,problems <inline>
#>change same-1-1.noarch@system same-1-1.noarch@available

nextjob
job install pkg up-2-1.noarch@available
result transaction,problems <inline>
#>upgrade up-1-1.noarch@system up-2-1.noarch@available

nextjob
job install pkg down-1-1.noarch@available
result transaction,problems <inline>
#>downgrade down-2-1.noarch@system down-1-1.noarch@available

nextjob
job install pkg re-1-1.noarch@available
result transaction,problems <inline>
#>reinstall re-1-1.noarch@system re-1-1.noarch@available

nextjob
job install pkg chg-1-1.x86_64@available
result transaction,problems <inline>
#>change chg-1-1.i686@system chg-1-1.x86_64@available

nextjob
job install pkg new-1-1.noarch@available
result transaction,problems <inline>
#>erase old1-1-1.noarch@system new-1-1.noarch@available
#>erase old2-1-1.noarch@system new-1-1.noarch@available
#>install new-1-1.noarch@available

nextjob
job install pkg bt-1-1.noarch@available
result transaction,problems <inline>
#>change bt-1-1.noarch@system bt-1-1.noarch@available

nextjob
job multiversion name multi
job install name multi = 2-1
result transaction,problems <inline>
#>install multi-2-1.noarch@available

nextjob
job install name multi = 2-1
result transaction,problems <inline>
#>upgrade multi-1-1.noarch@system multi-2-1.noarch@available

nextjob
job erase name up
result transaction,problems <inline>
#>erase up-1-1.noarch@system

nextjob
job multiversion name re
job install pkg re-1-1.noarch@available
result transaction,problems <inline>
#>reinstall re-1-1.noarch@system re-1-1.noarch@available

nextjob
job install name new
job erase name old1
result transaction,problems <inline>
#>erase old1-1-1.noarch@system new-1-1.noarch@available
#>erase old2-1-1.noarch@system new-1-1.noarch@available
#>install new-1-1.noarch@available

nextjob
job distupgrade all packages
result transaction,problems <inline>
#>change bt-1-1.noarch@system bt-1-1.noarch@available
#>change chg-1-1.i686@system chg-1-1.x86_64@available
#>change same-1-1.noarch@system same-1-1.noarch@available
#>downgrade down-2-1.noarch@system down-1-1.noarch@available
#>erase old1-1-1.noarch@system new-1-1.noarch@available
#>erase old2-1-1.noarch@system new-1-1.noarch@available
#>install new-1-1.noarch@available
#>upgrade multi-1-1.noarch@system multi-2-1.noarch@available
#>upgrade up-1-1.noarch@system up-2-1.noarch@available
