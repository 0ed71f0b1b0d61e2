# packages that obsolete each other
repo system 0 testtags <inline>
#>=Pkg: x 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: x 2 1 noarch
#>=Obs: y < 3
#>=Pkg: y 2 1 noarch
#>=Obs: x < 3
system x86_64 rpm system
job update all packages
result transaction,problems <inline>
#>upgrade x-1-1.noarch@system x-2-1.noarch@available
