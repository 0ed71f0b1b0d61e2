# the best architecture, and one asked for
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: lib 1 1 i686
#>=Pkg: lib 1 1 x86_64
#>=Pkg: odd 1 1 ppc64le
#>=Pkg: data 1 1 noarch
system x86_64 rpm system
poolflags implicitobsoleteusescolors
job install name lib
job install name data
result transaction,problems <inline>
#>install data-1-1.noarch@available
#>install lib-1-1.x86_64@available

nextjob
job install name lib.i686
result transaction,problems <inline>
#>problem c43b1300 info package lib.i686 does not exist
#>problem c43b1300 solution 3620b150 deljob install name lib.i686

nextjob
job install name lib . i686
job install name lib . x86_64
result transaction,problems <inline>
#>install lib-1-1.i686@available
#>install lib-1-1.x86_64@available

nextjob
job install name odd
result transaction,problems <inline>
#>problem c43b1300 info package odd does not exist
#>problem c43b1300 solution 47b7442f deljob install name odd
