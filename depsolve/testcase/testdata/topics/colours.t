# packages of two colours beside each other
poolflags implicitobsoleteusescolors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 x86_64
#>=Pkg: b 1 1 i686
repo available 0 testtags <inline>
#>=Pkg: a 2 1 x86_64
#>=Pkg: a 2 1 i686
#>=Pkg: a 1 1 i686
#>=Pkg: b 2 1 x86_64
#>=Pkg: b 2 1 i686
#>=Pkg: w 1 1 i686
#>=Req: a . i686
#>=Pkg: v 1 1 x86_64
#>=Req: w
#>=Pkg: r 2 1 x86_64
#>=Obs: b
system x86_64 rpm system
job install name w
result transaction,problems <inline>
#>install a-1-1.i686@available
#>install w-1-1.i686@available

nextjob
job install name v
result transaction,problems <inline>
#>install a-1-1.i686@available
#>install v-1-1.x86_64@available
#>install w-1-1.i686@available

nextjob
job install pkg a-2-1.i686@available
result transaction,problems <inline>
#>install a-2-1.i686@available

nextjob
job install name r
result transaction,problems <inline>
#>problem 861e3265 info package r-2-1.x86_64 obsoletes b provided by b-1-1.i686
#>problem 861e3265 solution 685d916b deljob install name r
#>problem 861e3265 solution ce4305f2 erase b-1-1.i686@system

nextjob
job lock name a
job install name w
result transaction,problems <inline>
#>problem 2dab9805 info package w-1-1.i686 requires a.i686, but none of the providers can be installed
#>problem 2dab9805 solution 143dc22d deljob lock name a
#>problem 2dab9805 solution 2e293f06 deljob install name w

nextjob
job erase name a
result transaction,problems <inline>
#>erase a-1-1.x86_64@system

nextjob
job distupgrade all packages
result transaction,problems <inline>
#>install b-2-1.x86_64@available
#>upgrade a-1-1.x86_64@system a-2-1.x86_64@available
#>upgrade b-1-1.i686@system b-2-1.i686@available
