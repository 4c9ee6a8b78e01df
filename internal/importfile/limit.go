package importfile

import (
	"usher/internal/fault"
	"usher/internal/i18n"
)

// What a file may hold at most; quality.md promises these numbers.
const (
	MaxBytes    = 32 << 20  // the file as it came
	MaxUnpacked = 200 << 20 // the parts of a workbook together
	MaxEntries  = 100       // parts in the archive
	MaxRows     = 100_000   // rows with something in them, the header apart
	MaxColumns  = 60
	MaxCell     = 1000 // characters
)

// maxRecord bounds the text of one record, in bytes: every cell full of the widest characters. It
// is what stops a quote that is never closed from swallowing the rest of the file.
const maxRecord = MaxColumns * MaxCell * 4

// newFileFault is a fault of the whole file. "file" is the field of CreateImportInput.
func newFileFault(key string, args ...i18n.Args) *fault.Error {
	return fault.Input("file", key, args...)
}

const mebibyte = 1 << 20

// The faults of the limits, each with its number: who made the file has to know by how much to
// split it.

func newTooBigFault() *fault.Error {
	return newFileFault("importfile.too_big", i18n.Args{"Max": MaxBytes / mebibyte})
}

func newUnpackedTooBigFault() *fault.Error {
	return newFileFault("importfile.unpacked_too_big", i18n.Args{"Max": MaxUnpacked / mebibyte})
}

func newTooManyEntriesFault() *fault.Error {
	return newFileFault("importfile.too_many_entries", i18n.Args{"Max": MaxEntries})
}

func newTooManyRowsFault() *fault.Error {
	return newFileFault("importfile.too_many_rows", i18n.Args{"Max": MaxRows})
}

// newTooManyColumnsFault names the cell, since it is often a single stray one far to the right.
func newTooManyColumnsFault(row, column int) *fault.Error {
	return newFileFault("importfile.too_many_columns", i18n.Args{"Max": MaxColumns, "Row": row,
		"Column": columnLetter(column)})
}

// newRecordTooLongFault has the row alone: no cell of it is known to be the one.
func newRecordTooLongFault(row int) *fault.Error {
	return newFileFault("importfile.record_too_long", i18n.Args{"Max": maxRecord, "Row": row})
}

// newDamagedFault is a workbook that does not hold together. The cause is for the log: it means
// nothing to whoever made the file.
func newDamagedFault(cause error) *fault.Error {
	return newFileFault("importfile.damaged").Because(cause)
}
