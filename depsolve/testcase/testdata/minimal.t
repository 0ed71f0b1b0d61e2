# a superfluous first pick is dropped again
repo system 0 empty
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: mailer
#>=Req: late
#>=Pkg: amail 1 1 noarch
#>=Prv: mailer
#>=Pkg: zmail 1 1 noarch
#>=Prv: mailer
#>=Pkg: late 1 1 noarch
#>=Req: middle | nothing
#>=Pkg: middle 1 1 noarch
#>=Req: zmail
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install late-1-1.noarch@available
#>install middle-1-1.noarch@available
#>install zmail-1-1.noarch@available
