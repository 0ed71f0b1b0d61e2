# noinstalledobsoletes: obsoletes of installed packages do not count
poolflags noinstalledobsoletes
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Obs: b
repo available 0 testtags <inline>
#>=Pkg: b 1 1 noarch
system x86_64 rpm system
job install name b
result transaction,problems <inline>
#>install b-1-1.noarch@available
