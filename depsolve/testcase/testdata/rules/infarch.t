# rules against worse architectures
poolflags implicitobsoleteusescolors
repo available 0 testtags <inline>
#>=Pkg: a 2 1 i686
#>=Pkg: a 2 1 x86_64
#>=Pkg: b 1 1 i686
#>=Pkg: b 2 1 x86_64
#>=Pkg: b 2 1 noarch
#>=Pkg: c 1 1 i686
#>=Pkg: app 1 1 noarch
#>=Req: a
#>=Req: b
#>=Req: c
system x86_64 rpm
job install name app
result rules <inline>
#>rule infarch 2a848004dca854e6f1ca791e12dddadf  a-2-1.x86_64@available
#>rule infarch 2a848004dca854e6f1ca791e12dddadf -a-2-1.i686@available
#>rule infarch 3a940314085d2696647e5c12e48bb143 -b-1-1.i686@available
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.i686@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.x86_64@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb -app-1-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-1-1.i686@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.x86_64@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95 -app-1-1.noarch@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f  c-1-1.i686@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f -app-1-1.noarch@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-1-1.i686@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.x86_64@available

nextjob
solverflags noinfarchcheck
job install name app
result rules <inline>
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.i686@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.x86_64@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb -app-1-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-1-1.i686@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.x86_64@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95 -app-1-1.noarch@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f  c-1-1.i686@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f -app-1-1.noarch@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-1-1.i686@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.x86_64@available

nextjob
job install name app
job install name b . i686
result rules <inline>
#>rule infarch 2a848004dca854e6f1ca791e12dddadf  a-2-1.x86_64@available
#>rule infarch 2a848004dca854e6f1ca791e12dddadf -a-2-1.i686@available
#>rule infarch 3a940314085d2696647e5c12e48bb143 -b-1-1.i686@available
#>rule job 702ef7d41f930ac29af1da58078fe0e7  b-1-1.i686@available
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.i686@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.x86_64@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb -app-1-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-1-1.i686@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.x86_64@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95 -app-1-1.noarch@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f  c-1-1.i686@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f -app-1-1.noarch@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-1-1.i686@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.x86_64@available

nextjob
job install name app
job install pkg b-1-1.i686@available
result rules <inline>
#>rule infarch 2a848004dca854e6f1ca791e12dddadf  a-2-1.x86_64@available
#>rule infarch 2a848004dca854e6f1ca791e12dddadf -a-2-1.i686@available
#>rule infarch 3a940314085d2696647e5c12e48bb143 -b-1-1.i686@available
#>rule job 702ef7d41f930ac29af1da58078fe0e7  b-1-1.i686@available
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.i686@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.x86_64@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb -app-1-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-1-1.i686@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.x86_64@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95 -app-1-1.noarch@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f  c-1-1.i686@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f -app-1-1.noarch@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-1-1.i686@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.x86_64@available

nextjob
job install name app
job install name b [setarch]
result rules <inline>
#>rule infarch 2a848004dca854e6f1ca791e12dddadf  a-2-1.x86_64@available
#>rule infarch 2a848004dca854e6f1ca791e12dddadf -a-2-1.i686@available
#>rule infarch 3a940314085d2696647e5c12e48bb143 -b-1-1.i686@available
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule job e4a16cb8a5b8a942d82ab6824af07ccb  b-1-1.i686@available
#>rule job e4a16cb8a5b8a942d82ab6824af07ccb  b-2-1.noarch@available
#>rule job e4a16cb8a5b8a942d82ab6824af07ccb  b-2-1.x86_64@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.i686@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb  a-2-1.x86_64@available
#>rule pkg 1e429cfd9f98cb3eebbc036049836beb -app-1-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-1-1.i686@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.noarch@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95  b-2-1.x86_64@available
#>rule pkg 90e1220aa1d2c26524de7b18d72f3b95 -app-1-1.noarch@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f  c-1-1.i686@available
#>rule pkg ad1923be423076cc900b4a8b5ac8727f -app-1-1.noarch@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-1-1.i686@available
#>rule pkg ce8fec4d1c6231f4ad8c57062c20febf -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.noarch@available
#>rule pkg dd950234653aaa1211a4de59765f9eab -b-2-1.x86_64@available
