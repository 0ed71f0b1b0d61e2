# an excluded package is not installed
repo system 0 testtags <inline>
#>=Pkg: base 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: app 2 1 noarch
#>=Pkg: app 1 1 noarch
#>=Pkg: base 2 1 noarch
system x86_64 rpm system
poolflags whatprovideswithdisabled
disable pkg app-2-1.noarch@available
disable pkg base-1-1.noarch@system
job install name app
job update all packages
result transaction,problems <inline>
#>install app-1-1.noarch@available

nextjob
job install name app = 2
result transaction,problems <inline>
#>problem d5506de7 info package app-2-1.noarch is disabled
#>problem d5506de7 solution 974ea2ad deljob install name app = 2
