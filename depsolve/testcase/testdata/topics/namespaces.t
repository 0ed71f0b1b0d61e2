# namespaces: languages, other providers
repo system 0 testtags <inline>
#>=Pkg: base 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: l-de 1 1 noarch
#>=Sup: base & namespace:language(de)
#>=Pkg: l-fr 1 1 noarch
#>=Sup: base & namespace:language(fr)
#>=Pkg: app 1 1 noarch
#>=Con: namespace:otherproviders(app-role)
#>=Prv: app-role
#>=Pkg: app2 1 1 noarch
#>=Prv: app-role
#>=Pkg: m 1 1 noarch
#>=Req: namespace:modalias(x)
system x86_64 rpm system
namespace namespace:language(de) @SYSTEM
job install name l-fr
result transaction,problems <inline>
#>install l-fr-1-1.noarch@available

nextjob
namespace namespace:language(de) @SYSTEM
solverflags addalreadyrecommended
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install l-de-1-1.noarch@available

nextjob
job install name app
job install name app2
result transaction,problems <inline>
#>problem 22d02c79 info package app-1-1.noarch conflicts with namespace:otherproviders(app-role) provided by app2-1-1.noarch
#>problem 22d02c79 solution 66c036d6 deljob install name app2
#>problem 22d02c79 solution 92446d57 deljob install name app

nextjob
job install name m
result transaction,problems <inline>
#>problem f6696eeb info nothing provides namespace:modalias(x) needed by m-1-1.noarch
#>problem f6696eeb solution 4be02f1d deljob install name m

nextjob
namespace namespace:modalias(x) @SYSTEM
job install name m
result transaction,problems <inline>
#>install m-1-1.noarch@available

nextjob
job install provides namespace:language(fr)
result transaction,problems <inline>
