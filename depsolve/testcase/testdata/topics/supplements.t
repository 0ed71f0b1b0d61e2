# which supplements are new ones and which the user has decided against before
repo system 0 testtags <inline>
#>=Pkg: A 1 1 noarch
#>=Pkg: C 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: new 1 1 noarch
#>=Pkg: other 1 1 noarch
#>=Pkg: A 2 1 noarch
#>=Pkg: s00 1 1 noarch
#>=Sup: A
#>=Pkg: s01 1 1 noarch
#>=Sup: A & C
#>=Pkg: s02 1 1 noarch
#>=Sup: A | C
#>=Pkg: s03 1 1 noarch
#>=Sup: A | n
#>=Pkg: s04 1 1 noarch
#>=Sup: n | A
#>=Pkg: s05 1 1 noarch
#>=Sup: A <IF> C
#>=Pkg: s06 1 1 noarch
#>=Sup: A <IF> n
#>=Pkg: s07 1 1 noarch
#>=Sup: A <UNLESS> n
#>=Pkg: s08 1 1 noarch
#>=Sup: n <IF> m
#>=Pkg: s09 1 1 noarch
#>=Sup: (A & C) | n
#>=Pkg: s10 1 1 noarch
#>=Sup: A & (C | n)
#>=Pkg: s11 1 1 noarch
#>=Sup: new
#>=Pkg: s12 1 1 noarch
#>=Sup: A | new
#>=Pkg: s13 1 1 noarch
#>=Sup: new | A
#>=Pkg: s14 1 1 noarch
#>=Sup: A & new
#>=Pkg: s15 1 1 noarch
#>=Sup: new <IF> A
#>=Pkg: s16 1 1 noarch
#>=Sup: A <IF> new
#>=Pkg: s17 1 1 noarch
#>=Sup: A
#>=Sup: new
#>=Pkg: s18 1 1 noarch
#>=Sup: new
#>=Sup: A
#>=Pkg: s19 1 1 noarch
#>=Sup: A <UNLESS> new
#>=Pkg: s20 1 1 noarch
#>=Sup: new <UNLESS> n
#>=Pkg: s21 1 1 noarch
#>=Sup: new <UNLESS> A
#>=Pkg: s22 1 1 noarch
#>=Sup: n <IF> new
#>=Pkg: s23 1 1 noarch
#>=Sup: (A | new) & C
#>=Pkg: s24 1 1 noarch
#>=Sup: (A <IF> n) & new
#>=Pkg: s25 1 1 noarch
#>=Sup: A <IF> (n <ELSE> new)
#>=Pkg: s26 1 1 noarch
#>=Sup: new <IF> (n <ELSE> A)
#>=Pkg: s27 1 1 noarch
#>=Sup: A <IF> (A <ELSE> new)
#>=Pkg: s28 1 1 noarch
#>=Sup: n <IF> (n <ELSE> new)
#>=Pkg: s29 1 1 noarch
#>=Sup: C & (new <IF> A)
#>=Pkg: s30 1 1 noarch
#>=Sup: new <IF> n
system x86_64 rpm system
job install name new
result transaction,problems,recommended <inline>
#>install new-1-1.noarch@available
#>install s11-1-1.noarch@available
#>install s12-1-1.noarch@available
#>install s13-1-1.noarch@available
#>install s14-1-1.noarch@available
#>install s15-1-1.noarch@available
#>install s17-1-1.noarch@available
#>install s18-1-1.noarch@available
#>install s20-1-1.noarch@available
#>install s23-1-1.noarch@available
#>install s24-1-1.noarch@available
#>install s25-1-1.noarch@available
#>install s28-1-1.noarch@available
#>install s29-1-1.noarch@available
#>install s30-1-1.noarch@available
#>recommended s00-1-1.noarch@available
#>recommended s01-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s09-1-1.noarch@available
#>recommended s10-1-1.noarch@available
#>recommended s11-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s14-1-1.noarch@available
#>recommended s15-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s20-1-1.noarch@available
#>recommended s23-1-1.noarch@available
#>recommended s24-1-1.noarch@available
#>recommended s25-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s28-1-1.noarch@available
#>recommended s29-1-1.noarch@available
#>recommended s30-1-1.noarch@available

nextjob
job install name other
result transaction,problems,recommended <inline>
#>install other-1-1.noarch@available
#>recommended s00-1-1.noarch@available
#>recommended s01-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s09-1-1.noarch@available
#>recommended s10-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s19-1-1.noarch@available
#>recommended s22-1-1.noarch@available
#>recommended s23-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s30-1-1.noarch@available

nextjob
job update name A
result transaction,problems,recommended <inline>
#>install s00-1-1.noarch@available
#>install s01-1-1.noarch@available
#>install s02-1-1.noarch@available
#>install s03-1-1.noarch@available
#>install s04-1-1.noarch@available
#>install s05-1-1.noarch@available
#>install s06-1-1.noarch@available
#>install s07-1-1.noarch@available
#>install s09-1-1.noarch@available
#>install s10-1-1.noarch@available
#>install s12-1-1.noarch@available
#>install s13-1-1.noarch@available
#>install s16-1-1.noarch@available
#>install s17-1-1.noarch@available
#>install s18-1-1.noarch@available
#>install s19-1-1.noarch@available
#>install s23-1-1.noarch@available
#>install s26-1-1.noarch@available
#>install s27-1-1.noarch@available
#>recommended s00-1-1.noarch@available
#>recommended s01-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s09-1-1.noarch@available
#>recommended s10-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s19-1-1.noarch@available
#>recommended s22-1-1.noarch@available
#>recommended s23-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s30-1-1.noarch@available
#>upgrade A-1-1.noarch@system A-2-1.noarch@available

nextjob
job erase name C
result transaction,problems,recommended <inline>
#>erase C-1-1.noarch@system
#>recommended s00-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s19-1-1.noarch@available
#>recommended s22-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s30-1-1.noarch@available

nextjob
solverflags addalreadyrecommended
job install name other
result transaction,problems,recommended <inline>
#>install other-1-1.noarch@available
#>install s00-1-1.noarch@available
#>install s01-1-1.noarch@available
#>install s02-1-1.noarch@available
#>install s03-1-1.noarch@available
#>install s04-1-1.noarch@available
#>install s05-1-1.noarch@available
#>install s06-1-1.noarch@available
#>install s07-1-1.noarch@available
#>install s08-1-1.noarch@available
#>install s09-1-1.noarch@available
#>install s10-1-1.noarch@available
#>install s12-1-1.noarch@available
#>install s13-1-1.noarch@available
#>install s16-1-1.noarch@available
#>install s17-1-1.noarch@available
#>install s18-1-1.noarch@available
#>install s19-1-1.noarch@available
#>install s22-1-1.noarch@available
#>install s23-1-1.noarch@available
#>install s26-1-1.noarch@available
#>install s27-1-1.noarch@available
#>install s30-1-1.noarch@available
#>recommended s00-1-1.noarch@available
#>recommended s01-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s09-1-1.noarch@available
#>recommended s10-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s19-1-1.noarch@available
#>recommended s22-1-1.noarch@available
#>recommended s23-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s30-1-1.noarch@available

nextjob
solverflags ignorerecommended
job install name new
result transaction,problems,recommended <inline>
#>install new-1-1.noarch@available
#>recommended s00-1-1.noarch@available
#>recommended s01-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s09-1-1.noarch@available
#>recommended s10-1-1.noarch@available
#>recommended s11-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s14-1-1.noarch@available
#>recommended s15-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s20-1-1.noarch@available
#>recommended s23-1-1.noarch@available
#>recommended s24-1-1.noarch@available
#>recommended s25-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s28-1-1.noarch@available
#>recommended s29-1-1.noarch@available
#>recommended s30-1-1.noarch@available

nextjob
solverflags onlynamespacerecommended
job install name new
result transaction,problems,recommended <inline>
#>install new-1-1.noarch@available
#>recommended s00-1-1.noarch@available
#>recommended s01-1-1.noarch@available
#>recommended s02-1-1.noarch@available
#>recommended s03-1-1.noarch@available
#>recommended s04-1-1.noarch@available
#>recommended s05-1-1.noarch@available
#>recommended s06-1-1.noarch@available
#>recommended s07-1-1.noarch@available
#>recommended s08-1-1.noarch@available
#>recommended s09-1-1.noarch@available
#>recommended s10-1-1.noarch@available
#>recommended s11-1-1.noarch@available
#>recommended s12-1-1.noarch@available
#>recommended s13-1-1.noarch@available
#>recommended s14-1-1.noarch@available
#>recommended s15-1-1.noarch@available
#>recommended s16-1-1.noarch@available
#>recommended s17-1-1.noarch@available
#>recommended s18-1-1.noarch@available
#>recommended s20-1-1.noarch@available
#>recommended s23-1-1.noarch@available
#>recommended s24-1-1.noarch@available
#>recommended s25-1-1.noarch@available
#>recommended s26-1-1.noarch@available
#>recommended s27-1-1.noarch@available
#>recommended s28-1-1.noarch@available
#>recommended s29-1-1.noarch@available
#>recommended s30-1-1.noarch@available
