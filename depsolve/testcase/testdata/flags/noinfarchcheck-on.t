# noinfarchcheck: a worse architecture of a name is as good
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
solverflags noinfarchcheck
job install name c
job install name d
result transaction,problems <inline>
#>problem e4611d98 info package d-1-1.i686 requires b.i, but none of the providers can be installed
#>problem e4611d98 solution 86764155 deljob install name c
#>problem e4611d98 solution e1b58e11 deljob install name d
