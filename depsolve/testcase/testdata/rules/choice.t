# rules that prefer installed packages and their updates
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Prv: x
#>=Pkg: c 1 1 noarch
#>=Prv: y
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Prv: x
#>=Pkg: b 1 1 noarch
#>=Prv: x
#>=Pkg: c 2 1 noarch
#>=Pkg: d 1 1 noarch
#>=Prv: y
#>=Pkg: u 1 1 noarch
#>=Req: x
#>=Pkg: w 1 1 noarch
#>=Req: y
#>=Pkg: e 1 1 noarch
#>=Obs: c
#>=Prv: y
system x86_64 rpm system
job install name u
result rules <inline>
#>rule job 266c1fdd8932a6cd1ee8e883e093f42e  u-1-1.noarch@available
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d  a-1-1.noarch@system
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d  a-2-1.noarch@available
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d  b-1-1.noarch@available
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d -u-1-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -c-2-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -e-1-1.noarch@available
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -c-1-1.noarch@system
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -e-1-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-1-1.noarch@system
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-1-1.noarch@system
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  e-1-1.noarch@available

nextjob
job install name w
result rules <inline>
#>rule choice 02fd678452dbd770f0012c24bcb42a97  c-1-1.noarch@system
#>rule choice 02fd678452dbd770f0012c24bcb42a97  e-1-1.noarch@available
#>rule choice 02fd678452dbd770f0012c24bcb42a97 -w-1-1.noarch@available
#>rule job 13b219dc89f166030a4bc7ccd8e0e89c  w-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  c-1-1.noarch@system
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  d-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  e-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4 -w-1-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -c-2-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -e-1-1.noarch@available
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -c-1-1.noarch@system
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -e-1-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-1-1.noarch@system
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-1-1.noarch@system
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  e-1-1.noarch@available

nextjob
job install name w
job update name c
result rules <inline>
#>rule choice 02fd678452dbd770f0012c24bcb42a97  c-1-1.noarch@system
#>rule choice 02fd678452dbd770f0012c24bcb42a97  e-1-1.noarch@available
#>rule choice 02fd678452dbd770f0012c24bcb42a97 -w-1-1.noarch@available
#>rule job 13b219dc89f166030a4bc7ccd8e0e89c  w-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  c-1-1.noarch@system
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  d-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  e-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4 -w-1-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -c-2-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -e-1-1.noarch@available
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -c-1-1.noarch@system
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -e-1-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-1-1.noarch@system
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-1-1.noarch@system
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  e-1-1.noarch@available

nextjob
job install name w
job update all packages
result rules <inline>
#>rule choice 02fd678452dbd770f0012c24bcb42a97  c-1-1.noarch@system
#>rule choice 02fd678452dbd770f0012c24bcb42a97  e-1-1.noarch@available
#>rule choice 02fd678452dbd770f0012c24bcb42a97 -w-1-1.noarch@available
#>rule job 13b219dc89f166030a4bc7ccd8e0e89c  w-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  c-1-1.noarch@system
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  d-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4  e-1-1.noarch@available
#>rule pkg 45f049a66c570b4c8245d41fe148ecf4 -w-1-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -c-2-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -e-1-1.noarch@available
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -c-1-1.noarch@system
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -e-1-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-1-1.noarch@system
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-1-1.noarch@system
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  e-1-1.noarch@available

nextjob
job install name u
job distupgrade all packages
result rules <inline>
#>rule distupgrade 6866ef05ca214a85a3b8ebc8e8b3126e -a-1-1.noarch@system
#>rule distupgrade 83266ea57061fdf9f8d2dd608ad49278 -c-1-1.noarch@system
#>rule job 266c1fdd8932a6cd1ee8e883e093f42e  u-1-1.noarch@available
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d  a-1-1.noarch@system
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d  a-2-1.noarch@available
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d  b-1-1.noarch@available
#>rule pkg 2d13274ff109e5e0c0be82e811d94c8d -u-1-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -c-2-1.noarch@available
#>rule pkg 4de75b15680f8a0447d08d32781d2056 -e-1-1.noarch@available
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -c-1-1.noarch@system
#>rule pkg 7a056a1a27b95d02893698deba0657b3 -e-1-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-1-1.noarch@system
#>rule update 63ca736e474acd7aadbfba7b9f191b60  a-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-1-1.noarch@system
#>rule update c81e20168ce6a7a9b004f4623622edaa  c-2-1.noarch@available
#>rule update c81e20168ce6a7a9b004f4623622edaa  e-1-1.noarch@available
