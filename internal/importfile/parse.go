package importfile

// Parse reads the cells of a row again, as Next read them: Row.Cells of a row that was put aside, under the columns of its
// file. The password is not among them.
func Parse(columns []Column, number int, cells []string) Row {
	row := Row{Number: number, Cells: cells}
	for i, cell := range cells {
		if i < len(columns) {
			row.read(columns[i], cell)
		}
	}
	return row
}
