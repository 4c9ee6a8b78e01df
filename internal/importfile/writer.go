package importfile

import (
	"bufio"
	"io"
	"strings"
)

// Writer writes a table: the header it was made with, then row by row. Close ends the file, not
// what it is written to.
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

// NewWriter begins a file with one table. delimiter applies to CSV; sheet, the name of the table,
// to XLSX. Without a header the first row is an ordinary one.
func NewWriter(w io.Writer, f Format, delimiter byte, sheet string,
	header []string) (Writer, error) {
	if f == XLSX {
		b, err := newXLSXWriter(w, sheet)
		if err == nil {
			err = b.beginSheet(header)
		}
		return b, err
	}
	c := &csvWriter{bufio.NewWriter(w), delimiter}
	// Excel takes a text without the mark for the machine's old code page.
	_, _ = c.w.Write(bomUTF8)
	if header == nil {
		return c, nil
	}
	return c, c.Write(header)
}

// csvWriter writes what Excel opens with a double click: a mark, \r\n. It is not encoding/csv,
// which changes ends of lines inside of cells: what is written has to be read again as it was.
type csvWriter struct {
	w         *bufio.Writer
	delimiter byte
}

// Write writes one row. Errors of bufio are sticky: the last call tells them all.
func (c *csvWriter) Write(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			_ = c.w.WriteByte(c.delimiter)
		}
		// A zero byte, or bytes that are no character, would make the whole file unreadable.
		cell = protectCell(strings.ToValidUTF8(strings.ReplaceAll(cell, "\x00", "\uFFFD"),
			"\uFFFD"))
		// All delimiters are quoted, not only ours, so that programs that guess the delimiter guess
		// right.
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
