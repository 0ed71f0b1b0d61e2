# promoteepoch: a requirement without epoch is about any epoch
poolflags promoteepoch
repo system 0 testtags <inline>
repo available 0 testtags <inline>
#>=Pkg: l 3:1 1 noarch
#>=Pkg: a 1 1 noarch
#>=Req: l < 2
system x86_64 rpm system
job install name a
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install l-3:1-1.noarch@available
