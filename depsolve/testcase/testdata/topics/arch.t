# architectures: classes, changes, noarch, what cannot run here
repo system 0 testtags <inline>
#>=Pkg: a 1 1 i686
#>=Pkg: b 1 1 noarch
#>=Pkg: c 1 1 x86_64
repo available 0 testtags <inline>
#>=Pkg: a 2 1 x86_64
#>=Pkg: a 2 1 i586
#>=Pkg: b 2 1 x86_64
#>=Pkg: c 2 1 noarch
#>=Pkg: d 1 1 i686
#>=Pkg: d 1 1 x86_64
#>=Pkg: d 1 1 ppc64
#>=Pkg: e 1 1 ppc64
#>=Pkg: f 1 1 src
#>=Pkg: g 2 1 i586
#>=Pkg: g 1 1 x86_64
#>=Pkg: n 1 1 noarch
#>=Pkg: n 2 1 i686
system x86_64 rpm system
job update all packages
result transaction,problems <inline>
#>upgrade b-1-1.noarch@system b-2-1.x86_64@available
#>upgrade c-1-1.x86_64@system c-2-1.noarch@available

nextjob
solverflags allowarchchange
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.i686@system a-2-1.x86_64@available
#>upgrade b-1-1.noarch@system b-2-1.x86_64@available
#>upgrade c-1-1.x86_64@system c-2-1.noarch@available

nextjob
job install name d
result transaction,problems <inline>
#>install d-1-1.x86_64@available

nextjob
job install name d . i686
result transaction,problems <inline>
#>install d-1-1.i686@available

nextjob
job install name e
result transaction,problems <inline>
#>problem c43b1300 info package e does not exist
#>problem c43b1300 solution 4aa15d76 deljob install name e

nextjob
job install name f
result transaction,problems <inline>
#>problem c43b1300 info package f does not exist
#>problem c43b1300 solution 93ab9773 deljob install name f

nextjob
job install name g
result transaction,problems <inline>
#>install g-1-1.x86_64@available

nextjob
job install name g = 2-1
result transaction,problems <inline>
#>install g-2-1.i586@available

nextjob
job install name n
result transaction,problems <inline>
#>install n-2-1.i686@available

nextjob
job install name d . i686
job install name d . x86_64
result transaction,problems <inline>
#>problem 5aa8b9ae info cannot install both d-1-1.x86_64 and d-1-1.i686
#>problem 5aa8b9ae solution 2d9e0f03 deljob install name d . i686
#>problem 5aa8b9ae solution b638886b deljob install name d . x86_64

nextjob
job distupgrade all packages
result transaction,problems <inline>
#>upgrade a-1-1.i686@system a-2-1.x86_64@available
#>upgrade b-1-1.noarch@system b-2-1.x86_64@available
#>upgrade c-1-1.x86_64@system c-2-1.noarch@available
