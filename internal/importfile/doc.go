// Package importfile reads files of people into rows and row errors, and writes rows into files.
//
// It is pure: bytes in, rows out, without database, clock or network. It reports every error of a
// row that needs no database: an invalid date, a cell that is too long, a failed formula. The
// importer validates addresses, groups and roles.
//
// Vocabulary. A record is one line of cells of the file. A row is a record whose columns are known.
// An error of the file ends the reading, such as too many rows or a quote that is never closed. An
// error of a cell belongs to its row, and the other rows stay valid. Row numbers are those that a
// spreadsheet shows.
//
// Everything is bounded, because anybody may choose the bytes: the size, the unpacked size, the
// rows, a record, a cell, a piece of XML. Memory does not grow with the number of rows. Text is
// decoded and split as a stream. A workbook is streamed out of its archive; shared strings beyond a
// few MiB go to an unnamed temporary file.
//
// The readers and the writer of XLSX are written here. The library that was tried (excelize) keeps
// every other part of the archive in memory, ignores broken XML, accepts cells of any length, and
// builds a whole workbook before it writes the first byte. The tests compare our results with it.
package importfile
