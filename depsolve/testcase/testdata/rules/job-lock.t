# rules of jobs: lock, of every selection
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
job lock pkg a-1-1.x86_64@system
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
job lock pkg a-2-1.x86_64@available
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock name a
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock name a = 2
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock name a = 2-1
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock name a >= 2
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock name a . x86_64
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock name a . i686
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
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
job lock name (a . x86_64) = 2-1
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock provides a
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock provides va
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock provides va = 1
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
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
job lock provides a | b
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock provides a & b
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
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
job lock provides nowhere
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

nextjob
job lock name nowhere
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

nextjob
job lock oneof a-1-1.x86_64@system b-1-1.noarch@available
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
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
job lock oneof nothing
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

nextjob
job lock all packages
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
#>rule job b87485ff4047d83630dcb2dc555ba904  a-1-1.x86_64@system
#>rule job d4d647a0cff147bd721a43de9c36769d -d-1-1.noarch@available
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
job lock repo available
result rules <inline>
#>rule feature c224fedc949f3b75011de85af576243a  a-1-1.x86_64@system
#>rule feature c224fedc949f3b75011de85af576243a  a-2-1.x86_64@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.i686@available
#>rule feature c224fedc949f3b75011de85af576243a  a-3-1.x86_64@available
#>rule infarch 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 26d8efaec8a364c9c1a0b20d07f84f61 -a-3-1.i686@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job a9df24e80341c14704369d18e151d7c2 -b-1-1.noarch@available
#>rule job b5fd21f3167d45462aaf147697fd5abd -a-2-1.x86_64@available
#>rule job d4d647a0cff147bd721a43de9c36769d -d-1-1.noarch@available
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
