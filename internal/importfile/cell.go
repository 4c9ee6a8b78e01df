package importfile

import "strings"

// Security: a spreadsheet that opens a text file runs cells that begin with one of these as
// formulas, which can send the rest of the sheet to a stranger (OWASP, CSV injection; the wide
// forms are read as the narrow ones in East Asia). An apostrophe in front makes them text. In a
// workbook cells are typed, and text is never run.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// isFormulaLike tells whether a cell would be run, apostrophes and spaces in front apart. That also
// those with an apostrophe count makes protect and restore exact inverses: a cell that already has
// an apostrophe is given another one.
func isFormulaLike(cell string) bool {
	if cell == "" || cell[0] >= '0' && cell[0] <= '9' || cell[0] >= 'A' && cell[0] <= 'z' {
		return false // nearly all cells
	}
	rest := strings.TrimLeft(strings.TrimLeft(cell, "'"), " ")
	return rest != "" && strings.IndexAny(rest, formulaSigns) == 0
}

// protectCell makes a cell of a text file harmless.
func protectCell(cell string) string {
	if isFormulaLike(cell) {
		return "'" + cell
	}
	return cell
}

// restoreCell takes the apostrophe off again.
func restoreCell(cell string) string {
	if len(cell) > 0 && cell[0] == '\'' && isFormulaLike(cell) {
		return cell[1:]
	}
	return cell
}
