// Package member changes and ends the membership of people in a workspace: edit, deactivate,
// reactivate, remove from a group or from the workspace, end access at a date, erase a person, and
// export their data.
package member
