# files: requirements, conflicts and requests by path
repo system 0 testtags <inline>
#>=Pkg: sh 1 1 noarch
#>=Fls: /bin/sh
repo available 0 testtags <inline>
#>=Pkg: bash 1 1 noarch
#>=Fls: /bin/bash
#>=Pkg: bash2 1 1 noarch
#>=Prv: /bin/bash
#>=Pkg: app 1 1 noarch
#>=Req: /bin/bash
#>=Pkg: foe 1 1 noarch
#>=Con: /bin/bash
#>=Pkg: lost 1 1 noarch
#>=Req: /usr/lib/nowhere
#>=Pkg: dash 1 1 noarch
#>=Con: sh
#>=Fls: /bin/sh
#>=Pkg: w 1 1 noarch
#>=Req: /bin/sh
system x86_64 rpm system
job install name app
result transaction,problems <inline>
#>install app-1-1.noarch@available
#>install bash-1-1.noarch@available

nextjob
job install provides /bin/bash
result transaction,problems <inline>
#>install bash-1-1.noarch@available

nextjob
job install name app
job install name foe
result transaction,problems <inline>
#>problem 60283a4a info package app-1-1.noarch requires /bin/bash, but none of the providers can be installed
#>problem 60283a4a solution 92446d57 deljob install name app
#>problem 60283a4a solution b2a021ce deljob install name foe

nextjob
job install name lost
result transaction,problems <inline>
#>problem ce97d061 info nothing provides /usr/lib/nowhere needed by lost-1-1.noarch
#>problem ce97d061 solution d6c73626 deljob install name lost

nextjob
job install name w
result transaction,problems <inline>
#>install w-1-1.noarch@available

nextjob
job install name dash
job erase name sh
job install name w
result transaction,problems <inline>
#>erase sh-1-1.noarch@system
#>install dash-1-1.noarch@available
#>install w-1-1.noarch@available

nextjob
job erase provides /bin/sh
result transaction,problems <inline>
#>erase sh-1-1.noarch@system

nextjob
job install provides /nowhere
result transaction,problems <inline>
#>problem c43b1300 info nothing provides requested /nowhere
#>problem c43b1300 solution 3374a51e deljob install provides /nowhere
