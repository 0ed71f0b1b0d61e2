# Selections by text, flag by flag.
repo system 0 testtags <inline>
#>=Pkg: A 1 1 noarch
#>=Pkg: I 1 1 i686
#>=Fls: /usr/bin/i
repo available 0 testtags <inline>
#>=Pkg: A 2 1 noarch
#>=Req: B >= 2
#>=Con: C < 2
#>=Pkg: A 1:2 1 i686
#>=Pkg: AA 2 1 noarch
#>=Prv: virt = 3
#>=Rec: B
#>=Pkg: B 3 1 noarch
#>=Fls: /usr/bin/b
#>=Obs: I < 2
#>=Pkg: B 3 1 src
#>=Pkg: C 1 1 noarch
#>=Sug: A
#>=Prq: B
#>=Pkg: ca 1 1 noarch
#>=Pkg: pat:x 1 1 noarch
#>=Pkg: Z 1 1 other
system i686 rpm system

job noop selection A name,installedonly
result jobs <inline>
#>job noop pkg A-1-1.noarch@system [setrepo,noautoset]

nextjob
job noop selection a name,nocase
result jobs <inline>
#>job noop name A

nextjob
job noop selection A* name,glob
result jobs <inline>
#>job noop name A
#>job noop name AA

nextjob
job noop selection A* name,glob,flat
result jobs <inline>
#>job noop oneof A-1-1.noarch@system A-2-1.noarch@available A-1:2-1.i686@available AA-2-1.noarch@available

nextjob
job noop selection /usr/bin/b filelist
result jobs <inline>
#>job noop pkg B-3-1.noarch@available [noautoset]

nextjob
job noop selection /usr/bin/* filelist,glob
result jobs <inline>
#>job noop pkg B-3-1.noarch@available [noautoset]
#>job noop pkg I-1-1.i686@system [noautoset]

nextjob
job noop selection /usr/bin/b filelist,name
result jobs <inline>
#>job noop pkg B-3-1.noarch@available [noautoset]

nextjob
job noop selection virt name,provides
result jobs <inline>
#>job noop provides virt

nextjob
job noop selection virt=3 name,provides,rel
result jobs <inline>
#>job noop provides virt = 3

nextjob
job noop selection virt>3 name,provides,rel
result jobs <inline>

nextjob
job noop selection A-2-1.i686 name,canon,dotarch
result jobs <inline>
#>job noop name (A . i686) = 1:2-1 [setevr,setarch]

nextjob
job noop selection A-2-1.noarch canon
result jobs <inline>
#>job noop name (A . noarch) = 2-1 [setevr,setarch]

nextjob
job noop selection A*-2-* canon,glob
result jobs <inline>

nextjob
job noop selection B.src name,dotarch
result jobs <inline>
#>job noop name B . src [setarch]

nextjob
job noop selection B-3-1.src canon
result jobs <inline>
#>job noop name (B . src) = 3-1 [setevr,setarch]

nextjob
job noop selection A*.noarch>=2 name,glob,dotarch,rel
result jobs <inline>
#>job noop name (A . noarch) >= 2 [setarch]
#>job noop name (AA . noarch) >= 2 [setarch]

nextjob
job noop selection A* name,glob
job noop selection AA name,subtract
result jobs <inline>
#>job noop name A

nextjob
job noop selection A name
job noop selection A.i686 name,dotarch,subtract
result jobs <inline>
#>job noop oneof A-1-1.noarch@system A-2-1.noarch@available [setarch]

nextjob
job noop selection A name
job noop selection A.i686 name,dotarch,filter
result jobs <inline>
#>job noop pkg A-1:2-1.i686@available [setarch,noautoset]

nextjob
job noop selection A name
job noop selection B name,add
result jobs <inline>
#>job noop name A
#>job noop name B

nextjob
job noop selection_matchdeps solvable:requires B flat,name
result jobs <inline>
#>job noop oneof A-2-1.noarch@available C-1-1.noarch@available

nextjob
job noop selection_matchdepid solvable:requires B >= 3 flat
result jobs <inline>
#>job noop oneof A-2-1.noarch@available C-1-1.noarch@available

nextjob
job noop selection_matchdepid solvable:recommends B flat
result jobs <inline>
#>job noop pkg AA-2-1.noarch@available [noautoset]

nextjob
job noop selection_matchdepid solvable:suggests A = 1 flat
result jobs <inline>
#>job noop pkg C-1-1.noarch@available [noautoset]

nextjob
job noop selection_matchdepid solvable:conflicts C = 1 flat
result jobs <inline>
#>job noop pkg A-2-1.noarch@available [noautoset]

nextjob
job noop selection_matchdepid solvable:provides virt flat
result jobs <inline>
#>job noop pkg AA-2-1.noarch@available [noautoset]

nextjob
job noop selection_matchsolvable solvable:requires B-3-1.noarch@available flat
result jobs <inline>
#>job noop oneof A-2-1.noarch@available C-1-1.noarch@available

nextjob
job noop selection_matchsolvable solvable:obsoletes I-1-1.i686@system flat
result jobs <inline>
#>job noop pkg B-3-1.noarch@available [noautoset]

nextjob
job noop selection Z name,withbadarch
result jobs <inline>
#>job noop pkg Z-1-1.other@available [noautoset]

nextjob
job noop selection Z name
result jobs <inline>

nextjob
job noop selection A=2 name,rel
result jobs <inline>
#>job noop name A = 2 [setev]

nextjob
job noop selection A=2-1 name,rel,flat
result jobs <inline>
#>job noop name A = 2-1 [setevr]

nextjob
job install selection AA name [weak]
result transaction,jobs <inline>
#>install AA-2-1.noarch@available
#>job install name AA [weak]
