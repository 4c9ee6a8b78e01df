package spreadsheet

import "strings"

// formulaSigns are the characters that begin a formula.
//
// Security: a spreadsheet runs such cells of a text file, and a formula can send the rest of the
// sheet to a stranger (OWASP, CSV injection; East Asian programs treat wide forms like narrow
// ones). An apostrophe in front makes them text. Cells of a workbook are typed, and text is never
// run.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// isFormulaLike reports whether a spreadsheet would run a cell, ignoring apostrophes and spaces in
// front. Cells with an apostrophe count too, so that protectCell and restoreCell are exact
// inverses: such a cell gets a second apostrophe.
func isFormulaLike(cell string) bool {
	if cell == "" || cell[0] >= '0' && cell[0] <= '9' || cell[0] >= 'A' && cell[0] <= 'z' {
		return false // nearly all cells
	}
	rest := strings.TrimLeft(strings.TrimLeft(cell, "'"), " ")
	return rest != "" && strings.IndexAny(rest, formulaSigns) == 0
}

// protectCell makes a cell of a text file harmless by an apostrophe.
func protectCell(cell string) string {
	if isFormulaLike(cell) {
		return "'" + cell
	}
	return cell
}

// restoreCell removes the apostrophe of protectCell.
func restoreCell(cell string) string {
	if len(cell) > 0 && cell[0] == '\'' && isFormulaLike(cell) {
		return cell[1:]
	}
	return cell
}
