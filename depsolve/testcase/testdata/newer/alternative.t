# The choices of a transaction: of a job, of a requirement, of recommends.
# Line 0 of a choice is younger than the solver of most distributions.
repo system 0 empty
repo test 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: mta
#>=Rec: docs
#>=Pkg: postfix 1 1 noarch
#>=Prv: mta
#>=Pkg: exim 1 1 noarch
#>=Prv: mta
#>=Pkg: docs-html 1 1 noarch
#>=Prv: docs
#>=Pkg: docs-pdf 1 1 noarch
#>=Prv: docs
system unset rpm system
job install name app
result transaction,alternatives <inline>
#>alternative 963515b8  0 docs, recommended by app-1-1.noarch
#>alternative 963515b8  1 + docs-html-1-1.noarch@test
#>alternative 963515b8  2   docs-pdf-1-1.noarch@test
#>alternative e10689be  0 mta, required by app-1-1.noarch
#>alternative e10689be  1 + exim-1-1.noarch@test
#>alternative e10689be  2   postfix-1-1.noarch@test
#>install app-1-1.noarch@test
#>install docs-html-1-1.noarch@test
#>install exim-1-1.noarch@test
