package spreadsheet

import "strings"

// Record is one line of cells of a file.
type Record struct {
	Row   int // line where the record begins, from 1, as a spreadsheet counts
	Cells []string
	Flaws []CellFlaw
}

// CellFlaw is an error that only the format knows about a cell, as a message key.
type CellFlaw struct {
	Column int // index of the cell
	Key    string
}

// TrimEnd returns the record without the empty cells at its end, of which spreadsheets write many.
func (rec Record) TrimEnd() Record {
	for len(rec.Cells) > 0 && strings.TrimSpace(rec.Cells[len(rec.Cells)-1]) == "" {
		rec.Cells = rec.Cells[:len(rec.Cells)-1]
	}
	return rec
}

// IsEmpty reports whether a record has neither cells nor flaws.
func (rec Record) IsEmpty() bool { return len(rec.Cells) == 0 && len(rec.Flaws) == 0 }

// ColumnLetter returns the name that spreadsheets give to a column, A for index 0.
func ColumnLetter(index int) string {
	s := ""
	// These are not numbers to base 26: there is no zero, and AA follows Z.
	for n := index + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}
