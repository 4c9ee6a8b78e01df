// Package importundo is the journal of an import and its reversal.
//
// While an import runs, DiffMembers and DiffInvitations tell what a row changed; package imports
// stores it. Undo reverts the journal, one transaction for each chunk: an object is left alone,
// with a reason, if somebody used or changed it since or if the caller may not change it.
package importundo
