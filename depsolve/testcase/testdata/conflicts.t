# an installed package conflicts with the request
repo system 0 testtags <inline>
#>=Pkg: mta 1 1 noarch
#>=Con: othermta
repo available 0 testtags <inline>
#>=Pkg: othermta 1 1 noarch
system x86_64 rpm system
job install name othermta
result transaction,problems <inline>
#>problem 208c38ac info package mta-1-1.noarch conflicts with othermta provided by othermta-1-1.noarch
#>problem 208c38ac solution b2416cb3 erase mta-1-1.noarch@system
#>problem 208c38ac solution b9402ef6 deljob install name othermta
