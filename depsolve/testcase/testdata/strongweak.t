# Recommends that bind: only those that take part in a conflict are given up.
repo system 0 testtags <inline>
#>=Pkg: old 1 1 noarch
#>=Con: docs
#>=Pkg: fixed 1 1 noarch
#>=Con: theme
repo test 0 testtags <inline>
#>=Pkg: old 2 1 noarch
#>=Pkg: app 1 1 noarch
#>=Rec: docs
#>=Pkg: docs 1 1 noarch
#>=Pkg: desk 1 1 noarch
#>=Rec: theme
#>=Pkg: theme 1 1 noarch
system i686 rpm system
solverflags strongrecommends
job install name app
job install name desk
result transaction,problems <inline>
#>install app-1-1.noarch@test
#>install desk-1-1.noarch@test
#>install docs-1-1.noarch@test
#>upgrade old-1-1.noarch@system old-2-1.noarch@test
