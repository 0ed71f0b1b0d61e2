# without promoteepoch: a requirement without epoch is about any epoch
poolflags !promoteepoch
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: l 3:1 1 noarch
#>=Pkg: a 1 1 noarch
#>=Req: l < 2
system x86_64 rpm system
job install name a
result transaction,problems <inline>
#>problem dee14794 info nothing provides l < 2 needed by a-1-1.noarch
#>problem dee14794 solution 7981ef42 deljob install name a
