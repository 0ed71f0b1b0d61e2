# without noinfarchcheck: a worse architecture of a name is as good
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: a 1 1 i686
#>=Req: b.i
#>=Pkg: b 1 1 i686
#>=Prv: b.i
#>=Pkg: b 1 1 x86_64
#>=Prv: b.x
#>=Pkg: c 1 1 x86_64
#>=Req: b.x
#>=Pkg: d 1 1 i686
#>=Req: b.i
system x86_64 rpm system
solverflags !noinfarchcheck
job install name c
job install name d
result transaction,problems <inline>
#>install b-1-1.x86_64@available
#>install c-1-1.x86_64@available
#>problem c4c4346d info package d-1-1.i686 requires b.i, but none of the providers can be installed
#>problem c4c4346d solution bf2d3566 allow b-1-1.i686@available
#>problem c4c4346d solution bf2d3566 deljob install name c
#>problem c4c4346d solution e1b58e11 deljob install name d
