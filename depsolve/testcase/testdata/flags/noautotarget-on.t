# noautotarget: an update of what is not installed does nothing
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: b 1 1 noarch
#>=Obs: a
#>=Pkg: b 2 1 noarch
#>=Obs: a
system x86_64 rpm system
solverflags noautotarget
job update name b
result transaction,problems <inline>
