# rules against blacklisted packages
repo system 0 testtags <inline>
#>=Pkg: c 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: a 2 1 noarch
#>=Pkg: b 1 1 noarch
#>=Req: a
system x86_64 rpm system
job blacklist name a
job install name b
result rules <inline>
#>rule black 65a25d598e4696ec4777d7074e9ad8a7 -a-1-1.noarch@available
#>rule black f2af91a50a798226a0f9b2e3d150ec1c -a-2-1.noarch@available
#>rule job 822ccf48cfe48bb2bac6de6b9d41c61d  b-1-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-1-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-2-1.noarch@available
#>rule pkg e6e548c85c9030e177e42c580b107e0a  a-1-1.noarch@available
#>rule pkg e6e548c85c9030e177e42c580b107e0a  a-2-1.noarch@available
#>rule pkg e6e548c85c9030e177e42c580b107e0a -b-1-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system

nextjob
job blacklist name a = 2
job install name a
result rules <inline>
#>rule black f2af91a50a798226a0f9b2e3d150ec1c -a-2-1.noarch@available
#>rule job 4649c8c6bc4a753d3ead29f91524cb17  a-1-1.noarch@available
#>rule job 4649c8c6bc4a753d3ead29f91524cb17  a-2-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-1-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system

nextjob
job blacklist pkg a-2-1.noarch@available
job install pkg a-2-1.noarch@available
result rules <inline>
#>rule black f2af91a50a798226a0f9b2e3d150ec1c -a-2-1.noarch@available
#>rule job 7ea3eede41e213003be614edf5db10e2  a-2-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-1-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system

nextjob
job blacklist provides a
job install name b
result rules <inline>
#>rule black 65a25d598e4696ec4777d7074e9ad8a7 -a-1-1.noarch@available
#>rule black f2af91a50a798226a0f9b2e3d150ec1c -a-2-1.noarch@available
#>rule job 822ccf48cfe48bb2bac6de6b9d41c61d  b-1-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-1-1.noarch@available
#>rule pkg 00d37b36b70c58c49122df417d094f17 -a-2-1.noarch@available
#>rule pkg e6e548c85c9030e177e42c580b107e0a  a-1-1.noarch@available
#>rule pkg e6e548c85c9030e177e42c580b107e0a  a-2-1.noarch@available
#>rule pkg e6e548c85c9030e177e42c580b107e0a -b-1-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
