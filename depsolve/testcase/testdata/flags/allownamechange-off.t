# without allownamechange: updates follow obsoletes to another name
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 2 1 noarch
#>=Obs: a
#>=Prv: a = 2
system x86_64 rpm system
solverflags !allownamechange
job update all packages
result transaction,problems <inline>
