# focusbest: what is new gets the best versions before the rest is updated
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Req: l
#>=Pkg: l 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Req: l = 2-1
#>=Pkg: l 2 1 noarch
#>=Pkg: l 3 1 noarch
#>=Pkg: n 1 1 noarch
#>=Req: l
system x86_64 rpm system
solverflags focusbest
job install name n
job update name a
result transaction,problems <inline>
#>install n-1-1.noarch@available
#>upgrade l-1-1.noarch@system l-3-1.noarch@available
