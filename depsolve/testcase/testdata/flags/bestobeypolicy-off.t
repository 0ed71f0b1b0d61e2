# without bestobeypolicy: the best version may not break the policy on vendors
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Vnd: x
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Vnd: y
system x86_64 rpm system
solverflags !bestobeypolicy
job update name a [forcebest]
result transaction,problems <inline>
#>problem f1b0c684 info cannot install both a-2-1.noarch and a-1-1.noarch
#>problem f1b0c684 solution 567aa15d replace a-1-1.noarch@system a-2-1.noarch@available
#>problem f1b0c684 solution c23dbee7 allow a-1-1.noarch@system
#>upgrade a-1-1.noarch@system a-2-1.noarch@available
