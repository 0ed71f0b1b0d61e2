# without obsoleteusescolors: obsoletes count within a colour
poolflags !obsoleteusescolors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 i686
repo available 0 testtags <inline>
#>=Pkg: b 1 1 x86_64
#>=Obs: a
system x86_64 rpm system
job install name b
result transaction,problems <inline>
#>problem 276e84ec info package b-1-1.x86_64 obsoletes a provided by a-1-1.i686
#>problem 276e84ec solution 2cf4745c replace a-1-1.i686@system b-1-1.x86_64@available
#>problem 276e84ec solution e98e1a37 deljob install name b
