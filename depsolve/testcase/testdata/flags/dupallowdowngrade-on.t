# dupallowdowngrade: a distupgrade lowers versions
repo system 0 testtags <inline>
#>=Pkg: a 2 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
system x86_64 rpm system
solverflags dupallowdowngrade
job distupgrade all packages
result transaction,problems <inline>
#>downgrade a-2-1.noarch@system a-1-1.noarch@available
