# rules that insist on the best version
repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Pkg: c 1 1 noarch
#>=Vnd: x
repo available 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Pkg: a 3 1 noarch
#>=Req: nowhere
#>=Pkg: b 1 1 noarch
#>=Pkg: b 2 1 noarch
#>=Pkg: c 2 1 noarch
#>=Vnd: y
system x86_64 rpm system
job update name a [forcebest]
result rules <inline>
#>rule best 9c686be0d25f3e994a2be88807c1fa82  a-3-1.noarch@available
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
job update all packages [forcebest]
result rules <inline>
#>rule best 16b181c6af0ed1f57a1d65d48fd5dc48  c-2-1.noarch@available
#>rule best 9c686be0d25f3e994a2be88807c1fa82  a-3-1.noarch@available
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
job install name b [forcebest]
result rules <inline>
#>rule best 2c03d3294e8157dfdad2c5e9a155b0c2  b-2-1.noarch@available
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule job 8aa5196e1dd5867ab2a3db88b1247b1e  b-1-1.noarch@available
#>rule job 8aa5196e1dd5867ab2a3db88b1247b1e  b-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a4616105c6fdd5d8de861ab33b72fa3d -b-1-1.noarch@available
#>rule pkg a4616105c6fdd5d8de861ab33b72fa3d -b-2-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
job install name b < 2 [forcebest]
result rules <inline>
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule job 822ccf48cfe48bb2bac6de6b9d41c61d  b-1-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a4616105c6fdd5d8de861ab33b72fa3d -b-1-1.noarch@available
#>rule pkg a4616105c6fdd5d8de861ab33b72fa3d -b-2-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
solverflags bestobeypolicy
job update name c [forcebest]
result rules <inline>
#>rule best 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule best 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
job update name c [forcebest]
result rules <inline>
#>rule best 16b181c6af0ed1f57a1d65d48fd5dc48  c-2-1.noarch@available
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
job distupgrade all packages [forcebest]
result rules <inline>
#>rule best 16b181c6af0ed1f57a1d65d48fd5dc48  c-2-1.noarch@available
#>rule best 9c686be0d25f3e994a2be88807c1fa82  a-3-1.noarch@available
#>rule distupgrade 6866ef05ca214a85a3b8ebc8e8b3126e -a-1-1.noarch@system
#>rule distupgrade 83266ea57061fdf9f8d2dd608ad49278 -c-1-1.noarch@system
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule update 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available

nextjob
job install provides b [forcebest]
result rules <inline>
#>rule best 2c03d3294e8157dfdad2c5e9a155b0c2  b-2-1.noarch@available
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-1-1.noarch@system
#>rule feature 5cacafa339a9e9a12b97e01f65b133be  c-2-1.noarch@available
#>rule job 8aa5196e1dd5867ab2a3db88b1247b1e  b-1-1.noarch@available
#>rule job 8aa5196e1dd5867ab2a3db88b1247b1e  b-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-2-1.noarch@available
#>rule pkg 0e286d60fc5c86e1305eb6de2abc8120 -a-3-1.noarch@available
#>rule pkg 24f0d4cd08303d5febdb2c18e8727047 -a-3-1.noarch@available
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-1-1.noarch@system
#>rule pkg 8af7b49ebfd74cebee192e50456116ce -a-3-1.noarch@available
#>rule pkg a4616105c6fdd5d8de861ab33b72fa3d -b-1-1.noarch@available
#>rule pkg a4616105c6fdd5d8de861ab33b72fa3d -b-2-1.noarch@available
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-1-1.noarch@system
#>rule pkg a687fbc7c323beed7d932cdc266a3c81 -a-2-1.noarch@available
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-1-1.noarch@system
#>rule pkg d743103bfb0c6935f43a86ca91105126 -c-2-1.noarch@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-1-1.noarch@system
#>rule update 64237468eb25a002285104e94a56ce6e  a-2-1.noarch@available
#>rule update 64237468eb25a002285104e94a56ce6e  a-3-1.noarch@available
