package spreadsheet

import (
	"bufio"
	"io"
	"strings"

	"usher/internal/i18n"
)

// Writer writes a table row by row. Close ends the file and does not close the underlying writer.
type Writer interface {
	Write(cells []string) error
	Close() error
}

// Format is a file format.
type Format string

// The formats that can be written.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Delimiter returns the delimiter that spreadsheets in a language expect in a CSV file. Reading
// accepts all.
func Delimiter(l i18n.Locale) byte {
	if l == i18n.French {
		return ';' // French uses the decimal comma
	}
	return ','
}

// NewWriter begins a file with one table. delimiter applies to CSV; sheet, the name of the table,
// to XLSX. A nil header writes none.
func NewWriter(w io.Writer, f Format, delimiter byte, sheet string,
	header []string) (Writer, error) {
	if f == XLSX {
		b, err := NewWorkbook(w, sheet)
		if err == nil {
			err = b.BeginSheet(header)
		}
		return b, err
	}
	c := &csvWriter{bufio.NewWriter(w), delimiter}
	// Without the byte order mark Excel assumes the encoding of its machine.
	_, _ = c.w.Write(bomUTF8)
	if header == nil {
		return c, nil
	}
	return c, c.Write(header)
}

// csvWriter writes what Excel opens directly: a byte order mark and \r\n. encoding/csv changes line
// ends inside of cells, which must be read back unchanged.
type csvWriter struct {
	w         *bufio.Writer
	delimiter byte
}

// Write writes one row. bufio keeps its first error, so the last call reports it.
func (c *csvWriter) Write(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			_ = c.w.WriteByte(c.delimiter)
		}
		// A zero byte or invalid UTF-8 would make the whole file unreadable.
		cell = protectCell(strings.ToValidUTF8(strings.ReplaceAll(cell, "\x00", "\uFFFD"),
			"\uFFFD"))
		// All delimiters are quoted, so that programs that guess the delimiter guess right.
		if !strings.ContainsAny(cell, "\",;\t\r\n") && strings.TrimSpace(cell) == cell {
			_, _ = c.w.WriteString(cell)
			continue
		}
		_ = c.w.WriteByte('"')
		_, _ = c.w.WriteString(strings.ReplaceAll(cell, `"`, `""`))
		_ = c.w.WriteByte('"')
	}
	_, err := c.w.WriteString("\r\n")
	return err
}

// Close flushes the writer.
func (c *csvWriter) Close() error { return c.w.Flush() }
