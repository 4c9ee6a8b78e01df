package importfile

import (
	"usher/internal/fault"
	"usher/internal/i18n"
)

// The limits of a file. docs/rules.md states the same numbers.
const (
	MaxBytes    = 32 << 20  // the uploaded file
	MaxUnpacked = 200 << 20 // all parts of a workbook together
	MaxEntries  = 100       // parts in the archive
	MaxRows     = 100_000   // rows that are not empty, without the header
	MaxColumns  = 60
	MaxCell     = 1000 // characters
)

// maxRecord limits the text of one record, in bytes: every cell full of the widest characters. It
// stops a quote that is never closed from taking in the rest of the file.
const maxRecord = MaxColumns * MaxCell * 4

// newFileFault returns a fault of the whole file. "file" is the field of CreateImportInput.
func newFileFault(key string, args ...i18n.Args) *fault.Error {
	return fault.Input("file", key, args...)
}

const mebibyte = 1 << 20

// Faults of limits state the limit, so that a person knows how to split
// the file.

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

// newTooManyColumnsFault names the cell, because it is often a single stray one far to the right.
func newTooManyColumnsFault(row, column int) *fault.Error {
	return newFileFault("importfile.too_many_columns", i18n.Args{"Max": MaxColumns, "Row": row,
		"Column": columnLetter(column)})
}

// newRecordTooLongFault names the row only: the length is that of all its cells together.
func newRecordTooLongFault(row int) *fault.Error {
	return newFileFault("importfile.record_too_long", i18n.Args{"Max": maxRecord, "Row": row})
}

// newDamagedFault returns the fault of a workbook that cannot be read. The cause is for the log
// only.
func newDamagedFault(cause error) *fault.Error {
	return newFileFault("importfile.damaged").Because(cause)
}
