# rich dependencies: every operator in requirements, conflicts, recommends and requests
repo system 0 testtags <inline>
#>=Pkg: base 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: b 1 1 noarch
#>=Pkg: c 1 1 noarch
#>=Con: b
#>=Pkg: r-and 1 1 noarch
#>=Req: a & b
#>=Pkg: r-or 1 1 noarch
#>=Req: missing | b
#>=Pkg: r-if 1 1 noarch
#>=Req: a <IF> base
#>=Pkg: r-ifelse 1 1 noarch
#>=Req: a <IF> (missing <ELSE> b)
#>=Pkg: r-unless 1 1 noarch
#>=Req: a <UNLESS> missing
#>=Pkg: r-with 1 1 noarch
#>=Req: x + y
#>=Pkg: r-without 1 1 noarch
#>=Req: x - y
#>=Pkg: xy 1 1 noarch
#>=Prv: x
#>=Prv: y
#>=Pkg: xo 1 1 noarch
#>=Prv: x
#>=Pkg: c-and 1 1 noarch
#>=Con: a & b
#>=Pkg: c-or 1 1 noarch
#>=Con: a | b
#>=Pkg: c-if 1 1 noarch
#>=Con: a <IF> b
#>=Pkg: rec-and 1 1 noarch
#>=Rec: a & b
#>=Pkg: rec-if 1 1 noarch
#>=Rec: a <IF> base
#>=Pkg: never 1 1 noarch
#>=Req: missing & a
system x86_64 rpm system
job install name r-and
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install b-1-1.noarch@available
#>install r-and-1-1.noarch@available

nextjob
job install name r-or
result transaction,problems <inline>
#>install b-1-1.noarch@available
#>install r-or-1-1.noarch@available

nextjob
job install name r-if
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install r-if-1-1.noarch@available

nextjob
job install name r-ifelse
result transaction,problems <inline>
#>install b-1-1.noarch@available
#>install r-ifelse-1-1.noarch@available

nextjob
job install name r-unless
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install r-unless-1-1.noarch@available

nextjob
job install name r-with
result transaction,problems <inline>
#>install r-with-1-1.noarch@available
#>install xy-1-1.noarch@available

nextjob
job install name r-without
result transaction,problems <inline>
#>install r-without-1-1.noarch@available
#>install xo-1-1.noarch@available

nextjob
job install name rec-and
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install b-1-1.noarch@available
#>install rec-and-1-1.noarch@available

nextjob
job install name rec-if
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install rec-if-1-1.noarch@available

nextjob
job install name never
result transaction,problems <inline>
#>problem 77263720 info nothing provides (missing and a) needed by never-1-1.noarch
#>problem 77263720 solution 5bec2648 deljob install name never

nextjob
job install name c-and
job install name a
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install c-and-1-1.noarch@available

nextjob
job install name c-and
job install name r-and
result transaction,problems <inline>
#>problem 74b29551 info package r-and-1-1.noarch requires (a and b), but none of the providers can be installed
#>problem 74b29551 solution 6f5ba1da deljob install name r-and
#>problem 74b29551 solution acb93aae deljob install name c-and

nextjob
job install name c-or
job install name a
result transaction,problems <inline>
#>problem 342b3d4e info package c-or-1-1.noarch conflicts with (a or b) provided by a-1-1.noarch
#>problem 342b3d4e solution 7981ef42 deljob install name a
#>problem 342b3d4e solution 9dea3354 deljob install name c-or

nextjob
job install name c-if
job install name a
result transaction,problems <inline>
#>problem 588a41c8 info package c-if-1-1.noarch conflicts with (a if b) provided by a-1-1.noarch
#>problem 588a41c8 solution 7981ef42 deljob install name a
#>problem 588a41c8 solution c05e9398 deljob install name c-if

nextjob
job install provides a & b
result transaction,problems <inline>
#>install a-1-1.noarch@available
#>install b-1-1.noarch@available

nextjob
job install provides a | missing
result transaction,problems <inline>
#>install a-1-1.noarch@available

nextjob
job install provides b & c
result transaction,problems <inline>
#>problem 8ee568df info package c-1-1.noarch conflicts with b provided by b-1-1.noarch
#>problem 8ee568df solution 70d622cf deljob install provides b & c

nextjob
job install provides a <IF> base
result transaction,problems <inline>
#>install a-1-1.noarch@available

nextjob
job install name c
job install name r-and
result transaction,problems <inline>
#>problem 8fe6c101 info package r-and-1-1.noarch requires (a and b), but none of the providers can be installed
#>problem 8fe6c101 solution 6f5ba1da deljob install name r-and
#>problem 8fe6c101 solution 86764155 deljob install name c

nextjob
job erase provides base & a
result transaction,problems <inline>
