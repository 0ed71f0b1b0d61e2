# Updates that clean up: what the old version needed goes, what is needed still
# is updated as the job says.
repo system 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: oldlib
#>=Pkg: oldlib 1 1 noarch
#>=Pkg: tool 1 1 noarch
#>=Req: engine
#>=Pkg: engine 1 1 noarch
repo test 0 testtags <inline>
#>=Pkg: app 2 1 noarch
#>=Req: newlib
#>=Pkg: newlib 1 1 noarch
#>=Pkg: tool 2 1 noarch
#>=Req: engine
#>=Pkg: engine 2 1 noarch
system i686 rpm system
job update all packages [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps oldlib-1-1.noarch@system
#>erase oldlib-1-1.noarch@system
#>install newlib-1-1.noarch@test
#>upgrade app-1-1.noarch@system app-2-1.noarch@test
#>upgrade engine-1-1.noarch@system engine-2-1.noarch@test
#>upgrade tool-1-1.noarch@system tool-2-1.noarch@test

nextjob
job update name app = 2 [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps oldlib-1-1.noarch@system
#>erase oldlib-1-1.noarch@system
#>install newlib-1-1.noarch@test
#>upgrade app-1-1.noarch@system app-2-1.noarch@test

nextjob
job distupgrade all packages [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps oldlib-1-1.noarch@system
#>erase oldlib-1-1.noarch@system
#>install newlib-1-1.noarch@test
#>upgrade app-1-1.noarch@system app-2-1.noarch@test
#>upgrade engine-1-1.noarch@system engine-2-1.noarch@test
#>upgrade tool-1-1.noarch@system tool-2-1.noarch@test
