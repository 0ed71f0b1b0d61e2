# without onlynamespacerecommended: only weak dependencies on namespaces count
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Rec: b
#>=Pkg: b 1 1 noarch
#>=Pkg: c 1 1 noarch
#>=Sup: namespace:language(de)
#>=Pkg: d 1 1 noarch
#>=Sup: a
system x86_64 rpm system
namespace namespace:language(de) @SYSTEM
solverflags !onlynamespacerecommended
job install name a
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install b-1-1.noarch@available
#>install d-1-1.noarch@available
