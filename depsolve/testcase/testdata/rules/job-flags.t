# rules of install jobs with flags
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
job install name a [weak]
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
job install name a [forcebest]
result rules <inline>
#>rule best 8e57bd5fc21b81f6467c2a0fa2c5ea0d  a-3-1.x86_64@available
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
job install name a [orupdate]
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
job install name a [setevr]
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
job install name a [setarch]
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
job install name a [setvendor]
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
job install name a [setrepo]
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
job install name a [noautoset]
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
job install name a [essential]
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
job install name a [cleandeps]
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
job install name a [targeted]
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
