// Package member changes and ends what people have in a workspace: edit, deactivate, reactivate,
// remove from a group or the workspace, the end of access by date, erasure, and the export of a
// person's data.
package member
