# obsoleteusescolors: obsoletes count within a colour
poolflags obsoleteusescolors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 i686
repo available 0 testtags <inline>
#>=Pkg: b 1 1 x86_64
#>=Obs: a
system x86_64 rpm system
job install name b
result transaction,problems <inline>
#>install b-1-1.x86_64@available
