// Package testcase reads, runs and writes solver test cases in the format of
// libsolv's test suite.
//
// A case is a text file of directives: repositories, inline or in files beside
// it, the architecture, jobs, flags, and the expected result; "nextjob" begins
// another section on the same repositories. Run solves every section and
// returns what was expected and what came out, sorted lines of both. Snapshot
// writes any request as such a case, repositories included, so that it can be
// replayed and attached to a report; WriteTags writes a single repository in
// the "testtags" form that ReadTags reads.
//
// Results are the lines of the transaction, of problems with their solutions,
// of dependencies (genid), jobs and rules; proofs are reported as skipped. Of
// the distribution types only rpm is known.
package testcase
