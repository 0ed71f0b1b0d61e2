# rules that keep and update installed packages, and what takes over when they fail
repo system 0 testtags <inline>
#>=Pkg: a 2 1 x86_64
#>=Vnd: x
#>=Pkg: b 1 1 i686
#>=Pkg: c 1 1 noarch
#>=Pkg: d 1 1 noarch
#>=Pkg: e 1 1 noarch
repo available 0 testtags <inline>
#>=Pkg: a 1 1 x86_64
#>=Vnd: x
#>=Pkg: a 3 1 x86_64
#>=Vnd: y
#>=Pkg: a 3 1 x86_64
#>=Vnd: x
#>=Pkg: b 2 1 i686
#>=Pkg: b 2 1 x86_64
#>=Pkg: c2 1 1 noarch
#>=Obs: c
#>=Pkg: d2 1 1 noarch
#>=Obs: d
#>=Prv: d = 2
#>=Pkg: d3 1 1 noarch
#>=Obs: d
#>=Pkg: e 1 1 noarch
system x86_64 rpm system
job noop name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
solverflags allowdowngrade
job noop name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available

nextjob
solverflags allowvendorchange
job noop name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
solverflags allowarchchange
job noop name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available
#>rule update f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule update f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule update f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available

nextjob
solverflags !allownamechange
job noop name a
result rules <inline>
#>rule feature 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule feature 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule feature 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule feature 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 5742e994f074e2df0b3563842c120201  d-1-1.noarch@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
solverflags noupdateprovide
job noop name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 35a69ddae2669041d9d4bcbd41282ca4 -d-1-1.noarch@system
#>rule pkg 35a69ddae2669041d9d4bcbd41282ca4 -d3-1-1.noarch@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 792c2771ef153c5207fa45bac697517c  d-1-1.noarch@system
#>rule update 792c2771ef153c5207fa45bac697517c  d2-1-1.noarch@available
#>rule update 792c2771ef153c5207fa45bac697517c  d3-1-1.noarch@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
solverflags needupdateprovide
job noop name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 0836a4f6751370b90e2fe5a8370afaf9  c-1-1.noarch@system
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
job update all packages
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
job distupgrade all packages
result rules <inline>
#>rule distupgrade 0b258d3a32f56be684c7417c86251a7c -d-1-1.noarch@system
#>rule distupgrade 83266ea57061fdf9f8d2dd608ad49278 -c-1-1.noarch@system
#>rule distupgrade c0cf0a9d64713f9cdee406c0b4c319e2 -a-2-1.x86_64@system
#>rule distupgrade d396f218025ab14f480602cfb4c54792 -b-1-1.i686@system
#>rule infarch 1e521717ea6921edbbf0364f5fd76f25 -b-2-1.i686@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule update ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule update f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule update f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule update f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available

nextjob
job multiversion name a
job update name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 7ceea8ead82759cc7c92c218a41774bf  a-2-1.x86_64@system

nextjob
job install pkg a-1-1.x86_64@available
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule job 52f07dec45a9d8289bf5d67298f113e0  a-1-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available

nextjob
job lock name a
result rules <inline>
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-1-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-2-1.x86_64@system
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature ede11301636a16a3b7da2e6fb5455bf5  a-3-1.x86_64@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-1-1.i686@system
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.i686@available
#>rule feature f3cd32f2b6b3255651be463a23c0a3fc  b-2-1.x86_64@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule job 7ceea8ead82759cc7c92c218a41774bf  a-2-1.x86_64@system
#>rule job cc8cc81b896a81fbcd96fbbd2692266a -a-1-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 4185d6d93cc1bd9b2c7ebe0710bc6dd0 -a-3-1.x86_64@available
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-1-1.i686@system
#>rule pkg 597aeb7565900dbf11f3a6f2468b8a52 -b-2-1.i686@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-1-1.x86_64@available
#>rule pkg 6344f0384c8fbf15f23f8f5fe2c8e250 -a-2-1.x86_64@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c-1-1.noarch@system
#>rule pkg 8d9bf4cbfe77ef3b3ecc4c45daee6f39 -c2-1-1.noarch@available
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-1-1.i686@system
#>rule pkg b163d6cba8766f54002319edaa38e728 -b-2-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-1-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg b6ec35eef0c8a9b02dbdf2c51962557d -a-3-1.x86_64@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@available
#>rule pkg c0bd19b92c2a6dfa7b4ae1ca07eb5cea -e-1-1.noarch@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-2-1.x86_64@system
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg c16ed71b2ea196b16c743f7d88cf6b21 -a-3-1.x86_64@available
#>rule pkg d5437573367042d31a185c174fed446c -d-1-1.noarch@system
#>rule pkg d5437573367042d31a185c174fed446c -d2-1-1.noarch@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.i686@available
#>rule pkg eb34e4aa912795b126e69b0036605012 -b-2-1.x86_64@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@available
#>rule update 11d60422223e18a87e90d02151240963  e-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c-1-1.noarch@system
#>rule update 1f35d60a2f9cf797337a13a3e3927ac9  c2-1-1.noarch@available
#>rule update 43ece014fb4281294d786b8f83a7f17d  d-1-1.noarch@system
#>rule update 43ece014fb4281294d786b8f83a7f17d  d2-1-1.noarch@available
#>rule update 71ac5d271394ba226af4c259dfee8822  b-1-1.i686@system
#>rule update 71ac5d271394ba226af4c259dfee8822  b-2-1.i686@available
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-2-1.x86_64@system
#>rule update 93a5190ae2ddb2ddd55bd65694fcf4b8  a-3-1.x86_64@available
