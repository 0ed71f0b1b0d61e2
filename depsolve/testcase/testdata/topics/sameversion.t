# an update to what is there already, by itself or beside it, is none
repo system 0 testtags <inline>
#>=Pkg: A 1 1 noarch
#>=Pkg: D 2 1 noarch
repo available 0 testtags <inline>
#>=Pkg: A 1 1 noarch
#>=Prv: v
#>=Pkg: A 3 1 noarch
#>=Pkg: D 2 1 x86_64
system x86_64 rpm system
job update provides v
result transaction,problems <inline>

nextjob
job update name A
result transaction,problems <inline>
#>upgrade A-1-1.noarch@system A-3-1.noarch@available

nextjob
job multiversion name D
job update name D
result transaction,problems <inline>
