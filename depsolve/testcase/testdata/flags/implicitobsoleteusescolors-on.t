# implicitobsoleteusescolors: names of other colours coexist
poolflags implicitobsoleteusescolors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 i686
repo available 0 testtags <inline>
#>=Pkg: a 1 1 x86_64
system x86_64 rpm system
job install pkg a-1-1.x86_64@available
result transaction,problems <inline>
#>install a-1-1.x86_64@available
