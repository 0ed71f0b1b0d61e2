# nothing in the repositories fits the locked base
repo system 0 testtags <inline>
#>=Pkg: glibc 2.38 1 x86_64
repo available 0 testtags <inline>
#>=Pkg: glibc 2.39 1 x86_64
#>=Pkg: tool 2 1 x86_64
#>=Req: glibc >= 2.39
system x86_64 rpm system
job lock pkg glibc-2.38-1.x86_64@system
job install name tool
result transaction,problems <inline>
#>problem f48606ba info package tool-2-1.x86_64 requires glibc >= 2.39, but none of the providers can be installed
#>problem f48606ba solution 338154ef deljob lock pkg glibc-2.38-1.x86_64@system
#>problem f48606ba solution 88ba0892 deljob install name tool
