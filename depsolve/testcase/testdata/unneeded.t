repo system 0 testtags <inline>
#>=Pkg: A 1 1 noarch
#>=Req: B
#>=Pkg: B 1 1 noarch
#>=Req: C
#>=Pkg: C 1 1 noarch
#>=Pkg: D 1 1 noarch
#>=Rec: E
#>=Pkg: E 1 1 noarch
#>=Pkg: F 1 1 noarch
#>=Sup: D
#>=Pkg: G 1 1 noarch
#>=Req: H
#>=Pkg: H 1 1 noarch
#>=Req: G
#>=Pkg: U 1 1 noarch
#>=Req: V
#>=Pkg: V 1 1 noarch
repo test 0 testtags <inline>
#>=Pkg: A 2 1 noarch
#>=Pkg: N 2 1 noarch
#>=Req: M
#>=Rec: R
#>=Sug: S
#>=Pkg: M 2 1 noarch
#>=Pkg: R 2 1 noarch
#>=Pkg: S 2 1 noarch
#>=Pkg: S 3 1 noarch
#>=Pkg: En 3 1 noarch
#>=Enh: M
#>=Pkg: D 3 1 noarch
system i686 rpm system
job install name N
job userinstalled name U
job update name D
job erase name R
result transaction,problems,cleandeps,unneeded,orphaned,userinstalled,recommended <inline>
#>autoinst name A
#>autoinst name B
#>autoinst name C
#>autoinst name D
#>autoinst name E
#>autoinst name F
#>autoinst name G
#>autoinst name H
#>autoinst name M
#>autoinst name V
#>install M-2-1.noarch@test
#>install N-2-1.noarch@test
#>orphaned B-1-1.noarch@system
#>orphaned C-1-1.noarch@system
#>orphaned E-1-1.noarch@system
#>orphaned F-1-1.noarch@system
#>orphaned G-1-1.noarch@system
#>orphaned H-1-1.noarch@system
#>orphaned U-1-1.noarch@system
#>orphaned V-1-1.noarch@system
#>recommended F-1-1.noarch@system
#>recommended R-2-1.noarch@test
#>suggested En-3-1.noarch@test
#>suggested S-3-1.noarch@test
#>unneeded B-1-1.noarch@system
#>unneeded C-1-1.noarch@system
#>unneeded E-1-1.noarch@system
#>unneeded F-1-1.noarch@system
#>unneeded_filtered A-1-1.noarch@system
#>unneeded_filtered D-1-1.noarch@system
#>unneeded_filtered G-1-1.noarch@system
#>unneeded_filtered H-1-1.noarch@system
#>upgrade D-1-1.noarch@system D-3-1.noarch@test
#>userinstalled pkg N-2-1.noarch@test
#>userinstalled pkg U-1-1.noarch@system

nextjob
job erase name A [cleandeps]
job userinstalled name U
result transaction,problems,cleandeps,unneeded,orphaned,userinstalled,recommended <inline>
#>autoinst name D
#>autoinst name E
#>autoinst name F
#>autoinst name G
#>autoinst name H
#>autoinst name V
#>cleandeps B-1-1.noarch@system
#>cleandeps C-1-1.noarch@system
#>erase A-1-1.noarch@system
#>erase B-1-1.noarch@system
#>erase C-1-1.noarch@system
#>orphaned B-1-1.noarch@system
#>orphaned C-1-1.noarch@system
#>orphaned E-1-1.noarch@system
#>orphaned F-1-1.noarch@system
#>orphaned G-1-1.noarch@system
#>orphaned H-1-1.noarch@system
#>orphaned U-1-1.noarch@system
#>orphaned V-1-1.noarch@system
#>recommended E-1-1.noarch@system
#>recommended F-1-1.noarch@system
#>unneeded B-1-1.noarch@system
#>unneeded C-1-1.noarch@system
#>unneeded E-1-1.noarch@system
#>unneeded F-1-1.noarch@system
#>unneeded_filtered A-1-1.noarch@system
#>unneeded_filtered D-1-1.noarch@system
#>unneeded_filtered G-1-1.noarch@system
#>unneeded_filtered H-1-1.noarch@system
#>userinstalled pkg U-1-1.noarch@system

nextjob
job install name N
job userinstalled name A
job userinstalled name D
job update name D
result transaction,problems,cleandeps,unneeded,orphaned,userinstalled,recommended <inline>
#>autoinst name B
#>autoinst name C
#>autoinst name E
#>autoinst name F
#>autoinst name G
#>autoinst name H
#>autoinst name M
#>autoinst name R
#>autoinst name U
#>autoinst name V
#>install M-2-1.noarch@test
#>install N-2-1.noarch@test
#>install R-2-1.noarch@test
#>orphaned B-1-1.noarch@system
#>orphaned C-1-1.noarch@system
#>orphaned E-1-1.noarch@system
#>orphaned F-1-1.noarch@system
#>orphaned G-1-1.noarch@system
#>orphaned H-1-1.noarch@system
#>orphaned U-1-1.noarch@system
#>orphaned V-1-1.noarch@system
#>recommended F-1-1.noarch@system
#>recommended R-2-1.noarch@test
#>suggested En-3-1.noarch@test
#>suggested S-3-1.noarch@test
#>unneeded V-1-1.noarch@system
#>unneeded_filtered G-1-1.noarch@system
#>unneeded_filtered H-1-1.noarch@system
#>unneeded_filtered U-1-1.noarch@system
#>upgrade D-1-1.noarch@system D-3-1.noarch@test
#>userinstalled pkg A-1-1.noarch@system
#>userinstalled pkg D-3-1.noarch@test
#>userinstalled pkg N-2-1.noarch@test
