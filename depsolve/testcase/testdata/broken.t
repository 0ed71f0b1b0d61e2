# old breakage does not stand in the way of a request
repo system 0 testtags <inline>
#>=Pkg: broken 1 1 noarch
#>=Req: long-gone
#>=Con: fine
#>=Pkg: fine 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: fine
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available

nextjob
job verify all packages
result transaction,problems <inline>
#>erase broken-1-1.noarch@system
#>problem a338aae6 info nothing provides long-gone needed by broken-1-1.noarch
#>problem a338aae6 solution 3a1fba23 erase broken-1-1.noarch@system
