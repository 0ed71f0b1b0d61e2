# without forbidselfconflicts: who conflicts with itself cannot be installed
poolflags !forbidselfconflicts
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Con: a
system x86_64 rpm system
job install name a
result transaction,problems <inline>
#>install a-1-1.noarch@available
