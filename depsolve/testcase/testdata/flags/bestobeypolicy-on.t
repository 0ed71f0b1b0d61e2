# bestobeypolicy: the best version may not break the policy on vendors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: x
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: y
system x86_64 rpm system
solverflags bestobeypolicy
job update name a [forcebest]
result transaction,problems <inline>
