// Package mirror decides who has left a source of people (BAT-2): the members whose external id the
// source set and whom its full file does not hold.
//
// An import notes every row of its file in a Presence while it previews, whether the row is in error
// or not. ForEachAbsent then reads the members of the source, and the import adds a row for each one
// that was not noted. LeaverLimit tells how many of them may go without a confirmation.
package mirror
