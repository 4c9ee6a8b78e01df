// Package lifecycle archives, exports, deletes, restores and erases workspaces (WSP-1 to WSP-3).
// Its operations require an administrator of the organization, or the operator of the installation.
//
// The state of a workspace is in two columns:
//
//	in use --archive--> archived --delete--> to be deleted --waiting time--> erased
//	  ^  ^--unarchive-------+                      |
//	  +-----------------restore--------------------+
//
// archived_at is set in all states except the first. deletion_at is set from the deletion on.
//
// That an archived workspace is read-only is decided in one place: store.archiveGuard refuses
// every write in the scope of an archived workspace, except under store.DespiteArchive.
package lifecycle
