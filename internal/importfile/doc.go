// Package importfile reads files of people into rows and row errors, and writes rows into files.
//
// It is pure: bytes in, rows out, without database, clock or network. Package spreadsheet reads the
// records of the file; this one knows what a column means. It reports every error of a row that
// needs no database: an invalid date, a cell that is too long, a failed formula. The importer
// validates addresses, groups and roles.
//
// Vocabulary. A record is one line of cells of the file. A row is a record whose columns are known.
// An error of the file ends the reading, such as too many rows or a quote that is never closed. An
// error of a cell belongs to its row, and the other rows stay valid. Row numbers are those that a
// spreadsheet shows.
//
// Everything is bounded, because anybody may choose the bytes: the rows, a cell, a header, and what
// package spreadsheet bounds. Memory does not grow with the number of rows.
package importfile
