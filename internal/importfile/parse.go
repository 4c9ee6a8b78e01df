package importfile

import (
	"slices"

	"usher/internal/secret"
)

// Parse reads the cells of a stored row again as Next read them: Row.Cells under the columns of
// their file, together with the hidden cells.
func Parse(columns []Column, number int, cells []string, hidden map[int]secret.Redacted) Row {
	cells = slices.Clone(cells)
	for i, cell := range hidden {
		if i >= 0 && i < len(cells) {
			cells[i] = cell.Reveal()
		}
	}
	row := Row{Number: number, Cells: cells, exactPassword: true}
	for i, cell := range cells {
		if i < len(columns) {
			row.setCell(columns[i], cell)
		}
	}
	row.settleCells(columns)
	row.hideSecrets(columns)
	return row
}
