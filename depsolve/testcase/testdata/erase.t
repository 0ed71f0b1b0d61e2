# erasing what others need
repo system 0 testtags <inline>
#>=Pkg: lib 1 1 noarch
#>=Pkg: app 1 1 noarch
#>=Req: lib
#>=Pkg: alone 1 1 noarch
system x86_64 rpm system
job erase name lib
result transaction,problems <inline>
#>problem d5ecbc49 info package app-1-1.noarch requires lib, but none of the providers can be installed
#>problem d5ecbc49 solution 553a7017 deljob erase name lib
#>problem d5ecbc49 solution cbe51ad4 erase app-1-1.noarch@system

nextjob
solverflags allowuninstall
job erase name lib
result transaction,problems <inline>
#>erase app-1-1.noarch@system
#>erase lib-1-1.noarch@system

nextjob
job erase name app [cleandeps]
result transaction,problems <inline>
#>erase app-1-1.noarch@system
#>erase lib-1-1.noarch@system
