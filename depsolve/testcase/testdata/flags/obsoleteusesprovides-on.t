# obsoleteusesprovides: obsoletes compare with provides
poolflags obsoleteusesprovides
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Prv: x
repo available 0 testtags <inline>
#>=Pkg: b 1 1 noarch
#>=Obs: x
system x86_64 rpm system
job install name b
result transaction,problems <inline>
#>erase a-1-1.noarch@system b-1-1.noarch@available
#>install b-1-1.noarch@available
