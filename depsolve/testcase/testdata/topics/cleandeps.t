# what nothing needs any more goes too
repo system 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: lib
#>=Rec: doc
#>=Pkg: lib 1 1 noarch
#>=Req: sub
#>=Pkg: sub 1 1 noarch
#>=Pkg: doc 1 1 noarch
#>=Pkg: other 1 1 noarch
#>=Req: sub
#>=Pkg: plug 1 1 noarch
#>=Sup: app
#>=Pkg: c1 1 1 noarch
#>=Req: c2
#>=Pkg: c2 1 1 noarch
#>=Req: c1
repo available 0 testtags <inline>
#>=Pkg: app 2 1 noarch
#>=Pkg: new 1 1 noarch
#>=Obs: app
#>=Pkg: lib2 1 1 noarch
#>=Con: lib
system x86_64 rpm system
job erase name app [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps doc-1-1.noarch@system
#>cleandeps lib-1-1.noarch@system
#>cleandeps plug-1-1.noarch@system
#>erase app-1-1.noarch@system
#>erase doc-1-1.noarch@system
#>erase lib-1-1.noarch@system
#>erase plug-1-1.noarch@system

nextjob
job userinstalled name lib
job erase name app [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps doc-1-1.noarch@system
#>cleandeps plug-1-1.noarch@system
#>erase app-1-1.noarch@system
#>erase doc-1-1.noarch@system
#>erase plug-1-1.noarch@system

nextjob
job erase name other [cleandeps]
result transaction,problems,cleandeps <inline>
#>erase other-1-1.noarch@system

nextjob
job erase name other [cleandeps]
job erase name app [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps doc-1-1.noarch@system
#>cleandeps lib-1-1.noarch@system
#>cleandeps plug-1-1.noarch@system
#>cleandeps sub-1-1.noarch@system
#>erase app-1-1.noarch@system
#>erase doc-1-1.noarch@system
#>erase lib-1-1.noarch@system
#>erase other-1-1.noarch@system
#>erase plug-1-1.noarch@system
#>erase sub-1-1.noarch@system

nextjob
job update name app [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps doc-1-1.noarch@system
#>cleandeps lib-1-1.noarch@system
#>cleandeps plug-1-1.noarch@system
#>erase app-1-1.noarch@system new-1-1.noarch@available
#>erase doc-1-1.noarch@system
#>erase lib-1-1.noarch@system
#>erase plug-1-1.noarch@system
#>install new-1-1.noarch@available

nextjob
job install name new [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps doc-1-1.noarch@system
#>cleandeps lib-1-1.noarch@system
#>cleandeps plug-1-1.noarch@system
#>erase app-1-1.noarch@system new-1-1.noarch@available
#>erase doc-1-1.noarch@system
#>erase lib-1-1.noarch@system
#>erase plug-1-1.noarch@system
#>install new-1-1.noarch@available

nextjob
job erase name c1 [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps c2-1-1.noarch@system
#>erase c1-1-1.noarch@system
#>erase c2-1-1.noarch@system

nextjob
job erase name lib [cleandeps]
result transaction,problems,cleandeps <inline>
#>erase app-1-1.noarch@system new-1-1.noarch@available
#>erase lib-1-1.noarch@system
#>install new-1-1.noarch@available

nextjob
job userinstalled all packages
job erase name app [cleandeps]
result transaction,problems,cleandeps <inline>
#>erase app-1-1.noarch@system

nextjob
job erase name app
result transaction,problems,cleandeps <inline>
#>erase app-1-1.noarch@system

nextjob
job lock name sub
job erase name app [cleandeps]
result transaction,problems,cleandeps <inline>
#>cleandeps doc-1-1.noarch@system
#>cleandeps lib-1-1.noarch@system
#>cleandeps plug-1-1.noarch@system
#>erase app-1-1.noarch@system
#>erase doc-1-1.noarch@system
#>erase lib-1-1.noarch@system
#>erase plug-1-1.noarch@system
