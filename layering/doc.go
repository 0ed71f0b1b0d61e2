// Package layering combines images with packages: it turns a base tree and a
// set of RPM packages into a new tree, and requests of a user into a new
// deployment.
//
// For the second, see [Engine]. The first is [Assemble], which package compose
// shares: it works on directory objects, without a checkout, and makes a root
// directory on disk only if scriptlets have to run. [Tree] is the editor that
// it and post-processing use.
//
// Package treefile describes images, importer stores packages, scripts plans
// scriptlets and sandbox runs them.
package layering
