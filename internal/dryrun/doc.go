// Package dryrun tells what an operation of packages invitation and provisioning would do, and changes
// nothing (AHD-1). The API calls the result a plan.
//
// It runs the operation itself in a transaction that is rolled back, and reads the result before that.
// A description of the operation beside its code would sooner or later say something else.
package dryrun
