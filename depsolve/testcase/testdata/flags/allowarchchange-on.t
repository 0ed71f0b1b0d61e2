# allowarchchange: an update may change the architecture
repo system 0 testtags <inline>
#>=Pkg: a 1 1 i686
repo available 0 testtags <inline>
#>=Pkg: a 2 1 x86_64
system x86_64 rpm system
solverflags allowarchchange
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.i686@system a-2-1.x86_64@available
