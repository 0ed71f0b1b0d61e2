# splitprovides: a package that a path moved to comes along
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Fls: /usr/bin/b
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Pkg: b 2 1 noarch
#>=Sup: namespace:splitprovides(a + /usr/bin/b)
#>=Fls: /usr/bin/b
system x86_64 rpm system
solverflags splitprovides
job update all packages
result transaction,problems <inline>
#>install b-2-1.noarch@available
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
