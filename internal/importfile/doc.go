// Package importfile turns files of people into rows and row errors, and rows into files.
//
// It is pure: bytes in, rows out; no database, no clock, no network. What can be said about a row
// without a database is said here (a date that is none, a cell that is too long, a formula that
// failed); addresses, groups and roles are judged by whoever applies the rows.
//
// Vocabulary. A record is one line of cells as the file has it, a row is a record read by its
// columns. A fault of the file ends the reading (too many rows, a quote never closed); a fault of a
// cell stands in its row, and the other rows stay good. Numbers of rows are those that a
// spreadsheet shows beside them.
//
// Everything is bounded, since a stranger chooses the bytes: the size, what is unpacked, the rows,
// a record, a cell, a piece of XML. Memory does not grow with the rows. Text is decoded and split
// as it streams; a workbook is streamed out of its archive, its shared strings beyond a few MiB
// through a file without a name.
//
// The readers and the writer of XLSX are our own. The library that was tried (excelize) keeps every
// other part of the archive in memory, swallows broken XML, takes a cell of any length, and builds
// a whole workbook before the first byte of it leaves; the tests use it as the second opinion on
// what we read and write.
package importfile
