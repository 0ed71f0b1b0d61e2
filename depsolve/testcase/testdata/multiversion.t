# several kernels side by side
repo system 0 testtags <inline>
#>=Pkg: kernel 1 1 x86_64
#>=Prv: installonly
#>=Pkg: app 1 1 x86_64
repo available 0 testtags <inline>
#>=Pkg: kernel 2 1 x86_64
#>=Prv: installonly
#>=Pkg: app 2 1 x86_64
system x86_64 rpm system
job multiversion provides installonly
job update all packages
result transaction,problems <inline>
#>install kernel-2-1.x86_64@available
#>upgrade app-1-1.x86_64@system app-2-1.x86_64@available
