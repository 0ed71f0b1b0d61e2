# rules of strict repository priorities
repo good 10 testtags <inline>
#>=Pkg: a 1 1 noarch
repo bad 0 testtags <inline>
#>=Pkg: a 2 1 noarch
#>=Pkg: b 1 1 noarch
#>=Req: a
system x86_64 rpm
solverflags strictrepopriority
job install name b
result rules <inline>
#>rule job f83dbbca92441c49d4ec311f4817af56  b-1-1.noarch@bad
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-1-1.noarch@good
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-2-1.noarch@bad
#>rule pkg e39e765424b8599f87f98e253e14ab4b  a-1-1.noarch@good
#>rule pkg e39e765424b8599f87f98e253e14ab4b  a-2-1.noarch@bad
#>rule pkg e39e765424b8599f87f98e253e14ab4b -b-1-1.noarch@bad
#>rule strictrepoprio a982d14e2ecbb4c679a72e2358253340 -a-2-1.noarch@bad

nextjob
solverflags strictrepopriority
job install pkg a-2-1.noarch@bad
result rules <inline>
#>rule job f214f297ee1af7a5e0b7d5df75de1a64  a-2-1.noarch@bad
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-1-1.noarch@good
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-2-1.noarch@bad
#>rule strictrepoprio a982d14e2ecbb4c679a72e2358253340 -a-2-1.noarch@bad

nextjob
solverflags strictrepopriority
job install name a = 2
result rules <inline>
#>rule job f214f297ee1af7a5e0b7d5df75de1a64  a-2-1.noarch@bad
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-1-1.noarch@good
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-2-1.noarch@bad
#>rule strictrepoprio a982d14e2ecbb4c679a72e2358253340 -a-2-1.noarch@bad

nextjob
job install name b
result rules <inline>
#>rule job f83dbbca92441c49d4ec311f4817af56  b-1-1.noarch@bad
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-1-1.noarch@good
#>rule pkg df13d724e6a3b8041a0f6fd36bed85be -a-2-1.noarch@bad
#>rule pkg e39e765424b8599f87f98e253e14ab4b  a-1-1.noarch@good
#>rule pkg e39e765424b8599f87f98e253e14ab4b  a-2-1.noarch@bad
#>rule pkg e39e765424b8599f87f98e253e14ab4b -b-1-1.noarch@bad
