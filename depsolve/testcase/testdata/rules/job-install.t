# rules of jobs: install, of every selection
repo system 0 testtags <inline>
#>=Pkg: a 1 1 x86_64
#>=Prv: va = 1
#>=Pkg: c 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 2 1 x86_64
#>=Prv: va = 2
#>=Pkg: a 3 1 i686
#>=Pkg: a 3 1 x86_64
#>=Req: d
#>=Pkg: b 1 1 noarch
#>=Prv: va
#>=Pkg: d 1 1 noarch
system x86_64 rpm system
job install pkg a-1-1.x86_64@system
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job b87485ff4047d83630dcb2dc555ba904  a-1-1.x86_64@system
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install pkg a-2-1.x86_64@available
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 53e326b03a7b5c5b01087361a61c8886  a-2-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name a
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule job c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule job c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule job c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name a = 2
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 53e326b03a7b5c5b01087361a61c8886  a-2-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name a = 2-1
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 53e326b03a7b5c5b01087361a61c8886  a-2-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name a >= 2
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 6856f7bddcf06f9259f1da4f0882ed07  a-2-1.x86_64@available
#>rule job 6856f7bddcf06f9259f1da4f0882ed07  a-3-1.i686@available
#>rule job 6856f7bddcf06f9259f1da4f0882ed07  a-3-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name a . x86_64
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule job d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule job d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name a . i686
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 8b0791c3ea1a7f895c1253d43639f8ce  a-3-1.i686@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name (a . x86_64) = 2-1
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 53e326b03a7b5c5b01087361a61c8886  a-2-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install provides a
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule job c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule job c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule job c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install provides va
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 7607b063ae94195da1be01f77afc49ae  a-1-1.x86_64@system
#>rule job 7607b063ae94195da1be01f77afc49ae  a-2-1.x86_64@available
#>rule job 7607b063ae94195da1be01f77afc49ae  b-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install provides va = 1
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 64fca5b8afdd8a6e594cc21ae11d71fa  a-1-1.x86_64@system
#>rule job 64fca5b8afdd8a6e594cc21ae11d71fa  b-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install provides a | b
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job ee1a7474c85e7372378b80956fdfdcc2  a-1-1.x86_64@system
#>rule job ee1a7474c85e7372378b80956fdfdcc2  a-2-1.x86_64@available
#>rule job ee1a7474c85e7372378b80956fdfdcc2  a-3-1.i686@available
#>rule job ee1a7474c85e7372378b80956fdfdcc2  a-3-1.x86_64@available
#>rule job ee1a7474c85e7372378b80956fdfdcc2  b-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install provides a & b
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 822ccf48cfe48bb2bac6de6b9d41c61d  b-1-1.noarch@available
#>rule job c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule job c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule job c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule job c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install provides nowhere
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job beef1429fb5f1fd77d770752163fa47a -@SYSTEM
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install name nowhere
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job beef1429fb5f1fd77d770752163fa47a -@SYSTEM
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install oneof a-1-1.x86_64@system b-1-1.noarch@available
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 64fca5b8afdd8a6e594cc21ae11d71fa  a-1-1.x86_64@system
#>rule job 64fca5b8afdd8a6e594cc21ae11d71fa  b-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available

nextjob
job install oneof nothing
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7  d-1-1.noarch@available
#>rule pkg 2f9745d1568ea781f82f9a4bd8ab5fc7 -a-3-1.x86_64@available
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-1-1.x86_64@system
#>rule pkg 3548ca953280e5419327c7af18138c10 -a-2-1.x86_64@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.i686@available
#>rule pkg 517d98a5d6fd230dc3b277fda1617921 -a-3-1.x86_64@available
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-1-1.x86_64@system
#>rule pkg 5e92b6ab09fd8bb6d8133e18f534d9c8 -a-3-1.i686@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-2-1.x86_64@available
#>rule pkg 6a772a52f0d200e81f323bbfecf58b29 -a-3-1.x86_64@available
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-1-1.x86_64@system
#>rule pkg 874cbb75e9fdc73cfce67a9b5febc7c2 -a-3-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-2-1.x86_64@available
#>rule pkg c440336d3303009ca9531dd411213e05 -a-3-1.i686@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-1-1.x86_64@system
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-2-1.x86_64@available
#>rule update d76e3cdf6bed7606ca3281bb0ea0fb84  a-3-1.x86_64@available
