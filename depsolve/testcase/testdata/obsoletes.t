# an update to a package of another name
repo system 0 testtags <inline>
#>=Pkg: old 1 1 noarch
#>=Pkg: user 1 1 noarch
#>=Req: old
repo available 0 testtags <inline>
#>=Pkg: new 2 1 noarch
#>=Prv: old = 2
#>=Obs: old < 2
#>=Pkg: user 2 1 noarch
#>=Req: new
system x86_64 rpm system
job update all packages
result transaction,problems <inline>
#>erase old-1-1.noarch@system new-2-1.noarch@available
#>install new-2-1.noarch@available
#>upgrade user-1-1.noarch@system user-2-1.noarch@available
