// Package scripts decides which scriptlets of which packages run when an
// image is assembled, in which order and with which arguments, and runs them.
//
// Most users need two functions: [Make], which turns packages into a [Plan]
// without touching anything, and [Runner.Run], which runs the steps of a plan
// in a sandbox.
//
// An image is assembled once and deployed many times, so only those sections
// run that prepare files: %pre, %post, %posttrans, and the two kinds of file
// triggers on installation. Sections that look after a running system or
// after removal (%preun, %postun, %pretrans, %verifyscript, *un triggers)
// are passed over. %triggerin and %triggerprein are errors.
//
// Embedded Lua is not interpreted: see [Make] for what happens instead.
//
// Reference: the scriptlet and trigger chapters of the RPM manual.
package scripts
