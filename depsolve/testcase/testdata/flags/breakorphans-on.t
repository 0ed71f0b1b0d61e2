# breakorphans: requirements of packages without repository may break
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
#>=Req: a = 1
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
system x86_64 rpm system
solverflags keeporphans breakorphans
job distupgrade all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
