package spreadsheet

import (
	"usher/internal/fault"
	"usher/internal/i18n"
)

// The limits of a file. docs/rules.md states the same numbers. MaxRows and MaxCell are checked by
// the caller, who knows which record is a header. What is kept of a file is bounded by them here.
const (
	MaxBytes    = 32 << 20  // the uploaded file
	MaxUnpacked = 200 << 20 // all parts of a workbook together
	MaxEntries  = 100       // parts in the archive
	MaxRows     = 100_000   // rows that are not empty, without the header
	MaxColumns  = 60
	MaxCell     = 1000 // characters
	// MaxHeadRecords is the number of first records that are searched for a header (BAT-1). Lines
	// above it contain a title, the version of a template, or the name of a table.
	MaxHeadRecords = 10
)

// maxRecord limits the text of one record, in bytes: every cell full of the widest characters. It
// stops a quote that is never closed from taking in the rest of the file.
const maxRecord = MaxColumns * MaxCell * 4

// NewFileFault returns a fault of the whole file. "file" is the field of CreateImportInput. The
// keys of messages keep their first word, importfile, because rows of imports store them.
func NewFileFault(key string, args ...i18n.Args) *fault.Error {
	return fault.Input("file", key, args...)
}

const mebibyte = 1 << 20

// Faults of limits state the limit, so that a person knows how to split
// the file.

func newTooBigFault() *fault.Error {
	return NewFileFault("importfile.too_big", i18n.Args{"Max": MaxBytes / mebibyte})
}

func newUnpackedTooBigFault() *fault.Error {
	return NewFileFault("importfile.unpacked_too_big", i18n.Args{"Max": MaxUnpacked / mebibyte})
}

func newTooManyEntriesFault() *fault.Error {
	return NewFileFault("importfile.too_many_entries", i18n.Args{"Max": MaxEntries})
}

// newTooManyColumnsFault names the cell, because it is often a single stray one far to the right.
func newTooManyColumnsFault(row, column int) *fault.Error {
	return NewFileFault("importfile.too_many_columns", i18n.Args{"Max": MaxColumns, "Row": row,
		"Column": ColumnLetter(column)})
}

// newRecordTooLongFault names the row only: the length is that of all its cells together.
func newRecordTooLongFault(row int) *fault.Error {
	return NewFileFault("importfile.record_too_long", i18n.Args{"Max": maxRecord, "Row": row})
}

// newDamagedFault returns the fault of a workbook that cannot be read. The cause is for the log
// only.
func newDamagedFault(cause error) *fault.Error {
	return NewFileFault("importfile.damaged").Because(cause)
}
