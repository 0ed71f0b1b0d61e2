# expressions, and what supplements that cannot be fulfilled mean for clean-up
repo system 0 testtags <inline>
#>=Pkg: A 1 1 noarch
#>=Pkg: B 1 1 noarch
#>=Pkg: G 1 1 noarch
#>=Req: A <IF> F
#>=Pkg: F 1 1 noarch
#>=Req: B
#>=Pkg: H 1 1 noarch
#>=Sup: F
#>=Pkg: J 1 1 noarch
#>=Sup: nosuch
#>=Pkg: K 1 1 noarch
#>=Sup: B & nosuch
system x86_64 rpm system
job erase name G [cleandeps]
job erase name F
result cleandeps <inline>
#>cleandeps A-1-1.noarch@system
#>cleandeps F-1-1.noarch@system

nextjob
job erase name H
job userinstalled name H
result unneeded <inline>
#>unneeded A-1-1.noarch@system
#>unneeded B-1-1.noarch@system
#>unneeded H-1-1.noarch@system
#>unneeded_filtered F-1-1.noarch@system
#>unneeded_filtered G-1-1.noarch@system
#>unneeded_filtered J-1-1.noarch@system
#>unneeded_filtered K-1-1.noarch@system
