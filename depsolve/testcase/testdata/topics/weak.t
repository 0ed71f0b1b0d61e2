# weak dependencies: recommends, supplements, suggests, enhances
repo system 0 testtags <inline>
#>=Pkg: i 1 1 noarch
#>=Rec: r1
#>=Sug: s1
#>=Pkg: k 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: r1 1 1 noarch
#>=Pkg: s1 1 1 noarch
#>=Pkg: i 2 1 noarch
#>=Rec: r1
#>=Rec: r2
#>=Pkg: r2 1 1 noarch
#>=Req: k = 2
#>=Pkg: k 2 1 noarch
#>=Pkg: a 1 1 noarch
#>=Rec: bad
#>=Rec: r1
#>=Pkg: bad 1 1 noarch
#>=Con: i
#>=Pkg: sup 1 1 noarch
#>=Sup: a
#>=Pkg: sup2 1 1 noarch
#>=Sup: i & a
#>=Pkg: enh 1 1 noarch
#>=Enh: a
#>=Pkg: supk 1 1 noarch
#>=Sup: k
system x86_64 rpm system
job install name a
result transaction,problems,recommended <inline>
#>install a-1-1.noarch@available
#>install r1-1-1.noarch@available
#>install sup-1-1.noarch@available
#>install sup2-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended sup-1-1.noarch@available
#>recommended sup2-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>suggested enh-1-1.noarch@available
#>suggested s1-1-1.noarch@available

nextjob
job update name i
result transaction,problems,recommended <inline>
#>install r1-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>upgrade i-1-1.noarch@system i-2-1.noarch@available

nextjob
solverflags ignorerecommended
job install name a
result transaction,problems,recommended <inline>
#>install a-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended sup-1-1.noarch@available
#>recommended sup2-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>suggested enh-1-1.noarch@available
#>suggested s1-1-1.noarch@available

nextjob
solverflags addalreadyrecommended
job install name a
result transaction,problems,recommended <inline>
#>install a-1-1.noarch@available
#>install r1-1-1.noarch@available
#>install sup-1-1.noarch@available
#>install sup2-1-1.noarch@available
#>install supk-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended sup-1-1.noarch@available
#>recommended sup2-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>suggested enh-1-1.noarch@available
#>suggested s1-1-1.noarch@available

nextjob
job excludefromweak name r1
job install name a
result transaction,problems,recommended <inline>
#>install a-1-1.noarch@available
#>install sup-1-1.noarch@available
#>install sup2-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended sup-1-1.noarch@available
#>recommended sup2-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>suggested enh-1-1.noarch@available
#>suggested s1-1-1.noarch@available

nextjob
job update all packages
result transaction,problems,recommended <inline>
#>install r1-1-1.noarch@available
#>install r2-1-1.noarch@available
#>install supk-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended r2-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>upgrade i-1-1.noarch@system i-2-1.noarch@available
#>upgrade k-1-1.noarch@system k-2-1.noarch@available

nextjob
job install name r2
result transaction,problems,recommended <inline>
#>install r2-1-1.noarch@available
#>install supk-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>suggested s1-1-1.noarch@available
#>upgrade k-1-1.noarch@system k-2-1.noarch@available

nextjob
job install name a
job install name bad [weak]
result transaction,problems,recommended <inline>
#>install a-1-1.noarch@available
#>install r1-1-1.noarch@available
#>install sup-1-1.noarch@available
#>install sup2-1-1.noarch@available
#>recommended r1-1-1.noarch@available
#>recommended sup-1-1.noarch@available
#>recommended sup2-1-1.noarch@available
#>recommended supk-1-1.noarch@available
#>suggested enh-1-1.noarch@available
#>suggested s1-1-1.noarch@available
