# favoured and disfavoured choices
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: editor
#>=Pkg: ed 1 1 noarch
#>=Prv: editor
#>=Pkg: vi 1 1 noarch
#>=Prv: editor
#>=Pkg: emacs 1 1 noarch
#>=Prv: editor
system x86_64 rpm system
job install name app
job favor name vi
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install vi-1-1.noarch@available

nextjob
job install name app
job disfavor name ed
job disfavor name emacs
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install vi-1-1.noarch@available
