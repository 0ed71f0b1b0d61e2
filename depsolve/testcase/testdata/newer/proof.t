# A contradiction, step by step. The digests are MD5 over the sorted literals,
# each with a zero byte, computed by another program.
repo system 0 testtags <inline>
repo test 0 testtags <inline>
#>=Pkg: front 1 1 i586
#>=Req: engine
#>=Req: missing
#>=Pkg: engine 1 1 i586
system i586 rpm system
job install name front
result proof <inline>
#>proof 5985ef95   0 pkg d540f662ea7b22b0a408d837bfa7b2a9
#>proof 5985ef95   0: --> -front-1-1.i586@test
#>proof 5985ef95   1 job 9d6817ff8dcd8e137ab06647da6d3d54
#>proof 5985ef95   1:      front-1-1.i586@test
