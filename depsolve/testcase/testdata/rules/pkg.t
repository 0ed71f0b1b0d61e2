# rules of packages: requirements, conflicts, obsoletes, names
repo system 0 testtags <inline>
#>=Pkg: broken 1 1 noarch
#>=Req: nowhere
#>=Pkg: healthy 1 1 noarch
#>=Req: lib
#>=Pkg: lib 1 1 noarch
#>=Pkg: fight 1 1 noarch
#>=Con: lib
repo available 0 testtags <inline>
#>=Pkg: lib 2 1 noarch
#>=Con: healthy < 2
#>=Pkg: app 1 1 noarch
#>=Req: lib > 1
#>=Req: virtual
#>=Rec: extra
#>=Sug: hint
#>=Pkg: v1 1 1 noarch
#>=Prv: virtual
#>=Pkg: v2 1 1 noarch
#>=Prv: virtual = 3
#>=Pkg: extra 1 1 noarch
#>=Req: nowhere
#>=Pkg: hint 1 1 noarch
#>=Con: hint
#>=Pkg: wrong 1 1 ppc
#>=Pkg: newlib 1 1 noarch
#>=Obs: lib < 3
#>=Prv: lib = 3
#>=Pkg: sup 1 1 noarch
#>=Sup: app
#>=Pkg: rich 1 1 noarch
#>=Req: (v1 & v2) | lib
#>=Req: hint <IF> v1
#>=Pkg: richcon 1 1 noarch
#>=Con: v1 & v2
#>=Pkg: self 1 1 noarch
#>=Req: self
#>=Prv: self
#>=Pkg: two 1 1 x86_64
#>=Pkg: two 2 1 x86_64
#>=Pkg: two 2 1 i686
#>=Pkg: pre 1 1 noarch
#>=Prq: v1
#>=Req: v2
system x86_64 rpm system
job install name app
result rules <inline>
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef  v1-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef  v2-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef -app-1-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0  lib-2-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0  newlib-1-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0 -app-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule pkg e5aba563b292dbe04af24ce362a878e2 -extra-1-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job install name rich
job install name richcon
result rules <inline>
#>rule job 1d15b97122dc332f818504770db2c527  rich-1-1.noarch@available
#>rule job 30e1cbad52324ea8dc8a7532088b1e40  richcon-1-1.noarch@available
#>rule pkg 2035cbab5732ad10488637efa08849ea  hint-1-1.noarch@available
#>rule pkg 2035cbab5732ad10488637efa08849ea -rich-1-1.noarch@available
#>rule pkg 2035cbab5732ad10488637efa08849ea -v1-1-1.noarch@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg 9ebe61dcfb0a69b2c16754f477356fda  lib-1-1.noarch@system
#>rule pkg 9ebe61dcfb0a69b2c16754f477356fda  lib-2-1.noarch@available
#>rule pkg 9ebe61dcfb0a69b2c16754f477356fda  newlib-1-1.noarch@available
#>rule pkg 9ebe61dcfb0a69b2c16754f477356fda  v2-1-1.noarch@available
#>rule pkg 9ebe61dcfb0a69b2c16754f477356fda -rich-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule pkg ce02e0d659b476658a9e18019551a519  lib-1-1.noarch@system
#>rule pkg ce02e0d659b476658a9e18019551a519  lib-2-1.noarch@available
#>rule pkg ce02e0d659b476658a9e18019551a519  newlib-1-1.noarch@available
#>rule pkg ce02e0d659b476658a9e18019551a519  v1-1-1.noarch@available
#>rule pkg ce02e0d659b476658a9e18019551a519 -rich-1-1.noarch@available
#>rule pkg f6caf6ce7d6e9fa2157eac6c2fe8fb67 -richcon-1-1.noarch@available
#>rule pkg f6caf6ce7d6e9fa2157eac6c2fe8fb67 -v1-1-1.noarch@available
#>rule pkg f6caf6ce7d6e9fa2157eac6c2fe8fb67 -v2-1-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job install name self
job install name wrong
result rules <inline>
#>rule job 14680fd1ba9306b3f36a53d6a6e43a67  self-1-1.noarch@available
#>rule job beef1429fb5f1fd77d770752163fa47a -@SYSTEM
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job install name two
result rules <inline>
#>rule infarch 177462973f41a4201af93720b2cf8e99 -two-2-1.i686@available
#>rule job e24c8d238730f83d06255c4fe2e4f60b  two-1-1.x86_64@available
#>rule job e24c8d238730f83d06255c4fe2e4f60b  two-2-1.i686@available
#>rule job e24c8d238730f83d06255c4fe2e4f60b  two-2-1.x86_64@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg 69047bae7419247082dce6b07fa2552e -two-1-1.x86_64@available
#>rule pkg 69047bae7419247082dce6b07fa2552e -two-2-1.x86_64@available
#>rule pkg 89038b60e8ef992f2172063314b883a9 -two-1-1.x86_64@available
#>rule pkg 89038b60e8ef992f2172063314b883a9 -two-2-1.i686@available
#>rule pkg 96351a9f2bfca24f7d2e8ebcf53c82c5 -two-2-1.i686@available
#>rule pkg 96351a9f2bfca24f7d2e8ebcf53c82c5 -two-2-1.x86_64@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job install name pre
result rules <inline>
#>rule job e6d0f36f673ab4d28752d59c82dab978  pre-1-1.noarch@available
#>rule pkg 151824aa9e9e7dba2d781582e2106e25  v2-1-1.noarch@available
#>rule pkg 151824aa9e9e7dba2d781582e2106e25 -pre-1-1.noarch@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule pkg fb6fbe32b60b1ad4634b82caaeff96b1  v1-1-1.noarch@available
#>rule pkg fb6fbe32b60b1ad4634b82caaeff96b1 -pre-1-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job verify name broken
job install name app
result rules <inline>
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 04aae5ab9249ad43a2431d2989647133 -broken-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef  v1-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef  v2-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef -app-1-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0  lib-2-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0  newlib-1-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0 -app-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule pkg e5aba563b292dbe04af24ce362a878e2 -extra-1-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
solverflags strongrecommends
job install name app
result rules <inline>
#>rule job 8dbf97217d55987cf5b93950d428651f  app-1-1.noarch@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef  v1-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef  v2-1-1.noarch@available
#>rule pkg 686a991f7f6678ac85d57bf25e6684ef -app-1-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0  lib-2-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0  newlib-1-1.noarch@available
#>rule pkg 6ddc5cceaafb787000a0f2dc402cdfa0 -app-1-1.noarch@available
#>rule pkg b5fa37dafe430ce1cf15eb65f243c26b  extra-1-1.noarch@available
#>rule pkg b5fa37dafe430ce1cf15eb65f243c26b -app-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule pkg e5aba563b292dbe04af24ce362a878e2 -extra-1-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job multiversion name two
job install name two
result rules <inline>
#>rule infarch 177462973f41a4201af93720b2cf8e99 -two-2-1.i686@available
#>rule job e24c8d238730f83d06255c4fe2e4f60b  two-1-1.x86_64@available
#>rule job e24c8d238730f83d06255c4fe2e4f60b  two-2-1.i686@available
#>rule job e24c8d238730f83d06255c4fe2e4f60b  two-2-1.x86_64@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
job multiversion name newlib
job install name newlib
result rules <inline>
#>rule feature 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule feature 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule feature 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule job 21656bb13128967885cb8a89d591489e  newlib-1-1.noarch@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 49cae6693dcf48540e41ac2fd99a9cb5  lib-1-1.noarch@system
#>rule update 49cae6693dcf48540e41ac2fd99a9cb5  lib-2-1.noarch@available
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system

nextjob
solverflags keepexplicitobsoletes
job multiversion name newlib
job install name newlib
result rules <inline>
#>rule job 21656bb13128967885cb8a89d591489e  newlib-1-1.noarch@available
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -fight-1-1.noarch@system
#>rule pkg 252be7012df35d96dfe6afa17da9fbc9 -newlib-1-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -lib-2-1.noarch@available
#>rule pkg 332aa33ef89446d3c73626de464c55fd -newlib-1-1.noarch@available
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-1-1.noarch@system
#>rule pkg 3933b060a406d717570329938f2bf613 -lib-2-1.noarch@available
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -healthy-1-1.noarch@system
#>rule pkg 4813e850f483ed1fce95b2261fab33f9 -lib-2-1.noarch@available
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -lib-1-1.noarch@system
#>rule pkg 59437bcb49ab8f07996e841e2401d538 -newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-1-1.noarch@system
#>rule pkg cae34dee60d81e00b907a3913c694f9e  lib-2-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e  newlib-1-1.noarch@available
#>rule pkg cae34dee60d81e00b907a3913c694f9e -healthy-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -fight-1-1.noarch@system
#>rule pkg cd5f9dae5916ad72c16e7c04debcc726 -lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-1-1.noarch@system
#>rule update 161b676de157ca2cc4d565f33d977a81  lib-2-1.noarch@available
#>rule update 161b676de157ca2cc4d565f33d977a81  newlib-1-1.noarch@available
#>rule update 331806640a361c354b6715d3f010619a  healthy-1-1.noarch@system
#>rule update 7f2ac6510da10f191e1ef64f0bc76b6a  fight-1-1.noarch@system
#>rule update ae1eacf96910d488905e1716bd0a2cd6  broken-1-1.noarch@system
