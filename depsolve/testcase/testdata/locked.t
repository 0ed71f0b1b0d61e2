# a locked base decides for the older version of a layered package
repo system 0 testtags <inline>
#>=Pkg: glibc 2.38 1 x86_64
#>=Pkg: bash 5 1 x86_64
#>=Req: glibc
repo available 0 testtags <inline>
#>=Pkg: glibc 2.39 1 x86_64
#>=Pkg: tool 1 1 x86_64
#>=Req: glibc = 2.38
#>=Pkg: tool 2 1 x86_64
#>=Req: glibc = 2.39
system x86_64 rpm system
solverflags bestobeypolicy keeporphans yumobsoletes
job lock name glibc
job lock name bash
job install name tool
result transaction,problems <inline>
#>install tool-1-1.x86_64@available

nextjob
solverflags bestobeypolicy keeporphans yumobsoletes
job lock name glibc
job lock name bash
job install name tool [forcebest]
result transaction,problems <inline>
#>problem 833d186d info package tool-2-1.x86_64 requires glibc = 2.39, but none of the providers can be installed
#>problem 833d186d solution 9efcaca0 deljob lock name glibc
#>problem 833d186d solution c1c93bf4 deljob install name tool [forcebest]
