# why the search decided as it did
repo system 0 testtags <inline>
#>=Pkg: base 1 1 noarch
#>=Rec: z
#>=Pkg: old 1 1 noarch
#>=Pkg: u 1 1 noarch
#>=Req: base
#>=Pkg: gone 1 1 noarch
#>=Pkg: dep 1 1 noarch
#>=Pkg: needs 1 1 noarch
#>=Req: dep
repo available 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: lib
#>=Prq: tool
#>=Rec: extra
#>=Rec: x
#>=Pkg: lib 1 1 noarch
#>=Req: app
#>=Pkg: lib2 1 1 noarch
#>=Prv: lib
#>=Pkg: tool 1 1 noarch
#>=Req: lib
#>=Pkg: extra 1 1 noarch
#>=Pkg: sup 1 1 noarch
#>=Sup: app
#>=Pkg: u 2 1 noarch
#>=Req: newdep
#>=Pkg: newdep 1 1 noarch
#>=Obs: old
#>=Con: gone
#>=Pkg: u 3 1 noarch
#>=Pkg: x 1 1 noarch
#>=Sup: app
#>=Sup: tool & app
#>=Sup: app | q
#>=Pkg: y 1 1 noarch
#>=Prv: x
#>=Pkg: z 1 1 noarch
system x86_64 rpm system
job install name app
result reason <inline>
#>reason app-1-1.noarch@available unit 8dbf97217d55987cf5b93950d428651f
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason extra-1-1.noarch@available recommended extra app-1-1.noarch@available
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason lib-1-1.noarch@available resolve 828efa5bd129f85f4515427088c77c5b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason sup-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason tool-1-1.noarch@available unit 8c9732fe1293bab1ab9e482644bfc268
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696
#>reason x-1-1.noarch@available recommended x app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app | q app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app tool-1-1.noarch@available

nextjob
job install name app
job update name u
result reason <inline>
#>reason app-1-1.noarch@available unit 8dbf97217d55987cf5b93950d428651f
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason extra-1-1.noarch@available recommended extra app-1-1.noarch@available
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason lib-1-1.noarch@available resolve 828efa5bd129f85f4515427088c77c5b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason sup-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason tool-1-1.noarch@available unit 8c9732fe1293bab1ab9e482644bfc268
#>reason u-1-1.noarch@system unit 594204f0b97f944922a9ccf0bd3c9696
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available update 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason x-1-1.noarch@available recommended x app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app | q app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app tool-1-1.noarch@available

nextjob
job install name u = 2-1
result reason <inline>
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason gone-1-1.noarch@system keep 55e5fceb0224af40d5640952c23b429b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 422983d712abf891c326c1e359202fdc
#>reason old-1-1.noarch@system keep 741fa13829799b613411479e62a4f821
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696

nextjob
job update all packages
result reason <inline>
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason u-1-1.noarch@system unit 594204f0b97f944922a9ccf0bd3c9696
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available update 79093c2e2b8e60c5fb24814d48c5ed6d

nextjob
job erase name needs [cleandeps]
result reason <inline>
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system cleandeps
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason needs-1-1.noarch@system unit 72abc46426b626b3884649f98cd3a54e
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696

nextjob
job install name lib
job lock name dep
result reason <inline>
#>reason app-1-1.noarch@available unit 4970b1b9accdeca26d722e4ebfadf492
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason extra-1-1.noarch@available recommended extra app-1-1.noarch@available
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason lib-1-1.noarch@available unit 68dbb0545347a82cfd04d43fa880b619
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason sup-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason tool-1-1.noarch@available unit 8c9732fe1293bab1ab9e482644bfc268
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696
#>reason x-1-1.noarch@available recommended x app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app | q app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app tool-1-1.noarch@available

nextjob
solverflags addalreadyrecommended
job install name tool
result reason <inline>
#>reason app-1-1.noarch@available unit 4970b1b9accdeca26d722e4ebfadf492
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason extra-1-1.noarch@available recommended extra app-1-1.noarch@available
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason lib-1-1.noarch@available resolve 828efa5bd129f85f4515427088c77c5b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason sup-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason tool-1-1.noarch@available unit b4496c583e4521301fbec257e6c0bb79
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696
#>reason x-1-1.noarch@available recommended x app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented app | q app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app app-1-1.noarch@available
#>reason x-1-1.noarch@available supplemented tool & app tool-1-1.noarch@available
#>reason z-1-1.noarch@available recommended z base-1-1.noarch@system

nextjob
job distupgrade all packages
result reason <inline>
#>reason base-1-1.noarch@system orphan
#>reason dep-1-1.noarch@system orphan
#>reason gone-1-1.noarch@system unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason needs-1-1.noarch@system orphan
#>reason newdep-1-1.noarch@available unit 741fa13829799b613411479e62a4f821
#>reason old-1-1.noarch@system unit 6007acefa5a2bbfadba6fabf6a32b8a3
#>reason u-1-1.noarch@system unit 364f551f2f3579569a78bfb0b4a5a72b
#>reason u-2-1.noarch@available unit 51476af89aa99d0e8d971754203e755c
#>reason u-3-1.noarch@available update 79093c2e2b8e60c5fb24814d48c5ed6d

nextjob
job install provides x
job favor name y
result reason <inline>
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696
#>reason y-1-1.noarch@available job c85853f3aa5d870d528916eb9e471342

nextjob
solverflags ignorerecommended
job install name app
result reason <inline>
#>reason app-1-1.noarch@available unit 8dbf97217d55987cf5b93950d428651f
#>reason base-1-1.noarch@system unit 45663170d31cd296a41e7dd02b63e7a8
#>reason dep-1-1.noarch@system unit 2134d31246f23424d29d5b1908812064
#>reason gone-1-1.noarch@system unit 55e5fceb0224af40d5640952c23b429b
#>reason lib-1-1.noarch@available resolve 828efa5bd129f85f4515427088c77c5b
#>reason needs-1-1.noarch@system unit 69e2647ffa8152ae47a6167bf64e6ce3
#>reason newdep-1-1.noarch@available unit 95943760c2d8f2fd37562f3fd88d38b0
#>reason old-1-1.noarch@system unit 741fa13829799b613411479e62a4f821
#>reason tool-1-1.noarch@available unit 8c9732fe1293bab1ab9e482644bfc268
#>reason u-1-1.noarch@system keep 79093c2e2b8e60c5fb24814d48c5ed6d
#>reason u-2-1.noarch@available unit 7367f1c1ea33759e1e797bce06f853e7
#>reason u-3-1.noarch@available unit 594204f0b97f944922a9ccf0bd3c9696
