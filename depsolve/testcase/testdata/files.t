# a requirement on a file
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: /usr/bin/interp
#>=Req: /opt/data/table
#>=Pkg: interp 1 1 noarch
#>+Fls:
#>/usr/bin/interp
#>/usr/share/doc/interp
#>-Fls:
#>=Pkg: data 1 1 noarch
#>+Fls:
#>/opt/data/table
#>-Fls:
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install data-1-1.noarch@available
#>install interp-1-1.noarch@available
