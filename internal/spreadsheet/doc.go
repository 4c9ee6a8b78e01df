// Package spreadsheet reads the records of CSV files and XLSX workbooks, and writes both.
//
// It is pure: bytes in, cells out, without database, clock or network. What a column means is not
// its business: [usher/internal/importfile] makes people of the records.
//
// Vocabulary. A record is one line of cells of the file. Its number is the one that a spreadsheet
// shows. An error of the file ends the reading, such as a quote that is never closed. A flaw
// belongs to one cell, and the other records stay valid.
//
// Everything is bounded, because anybody may choose the bytes: the size, the unpacked size, a
// record, a piece of XML. Memory does not grow with the number of records. Text is decoded and
// split as a stream. A workbook is streamed out of its archive; shared strings beyond a few MiB go
// to an unnamed temporary file.
//
// The readers and the writer of XLSX are written here. The library that was tried (excelize) keeps
// every other part of the archive in memory, ignores broken XML, accepts cells of any length, and
// builds a whole workbook before it writes the first byte. The tests compare our results with it.
package spreadsheet
