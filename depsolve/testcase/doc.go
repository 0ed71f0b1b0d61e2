// Package testcase reads and runs solver test cases in the format of libsolv's
// test suite, and writes repositories in its "testtags" form.
//
// A case is a text file of directives: repositories, inline or in files beside
// it, the architecture, jobs, flags, and the expected result; "nextjob" begins
// another section on the same repositories. Run solves every section and
// returns what was expected and what came out, sorted lines of both.
//
// Results are the lines of the transaction and of the problems; other results
// (selections, proofs, rule dumps) are reported as skipped. Of the distribution
// types only rpm is known.
package testcase
