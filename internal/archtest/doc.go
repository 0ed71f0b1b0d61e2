// Package archtest holds the rules of the house as tests: who may import whom, what must be documented, which calls
// belong to one package only, which modules the project depends on and why, and how large a file or function may get.
//
// It has no code of its own. The tables at the top of each test file are the rules; a rule that no longer fits is
// changed there, in the same commit as the code that needs it, with the reason beside it.
package archtest
