# without havedistepoch: the epoch of the distribution comes after the release
poolflags !havedistepoch
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1:2 noarch
system x86_64 rpm system
job update all packages
result transaction,problems <inline>
#>upgrade a-1-1.noarch@system a-1-1:2.noarch@available
