package importfile

import (
	"errors"
	"io"
	"slices"
	"strings"

	"usher/internal/fault"
)

// Inspection tells what a file holds before anybody imports it.
type Inspection struct {
	Reading   Reading
	Delimiter byte // of a text
	Columns   []InspectedColumn
}

// InspectedColumn is one column of an inspected file.
type InspectedColumn struct {
	Column
	Recognized bool     // what it holds is known or was chosen; false for an unknown header
	Suggested  Column   // for an unknown column, what it seems to hold; Unnamed if nothing does
	Samples    []string // some of its cells; "…" stands for one that may be a password
}

const (
	// maxInspectedRows is the number of rows that are read for samples and suggestions.
	maxInspectedRows = 100
	// maxColumnSamples is the number of different cells that an inspection shows of a column.
	maxColumnSamples = 3
)

// Inspect reads the beginning of a file: how it was understood, each column with what it holds, and
// samples. Unknown columns are no error, and a file without a recognized header is shown by the
// letters of its columns. Errors of the file as a whole are those of Open.
func Inspect(content io.ReaderAt, size int64, o Options) (*Inspection, error) {
	o.Unknown = unknownKeep
	r, err := Open(content, size, o)
	if isLayoutFault(err) {
		// The first choice of a letter makes the others unknown columns instead of the classic
		// order.
		o.Header = HeaderNone
		o.Choices = append(slices.Clone(o.Choices), ColumnChoice{Column: "A"})
		r, err = Open(content, size, o)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()

	is := &Inspection{Delimiter: r.Delimiter()}
	for _, c := range r.columns {
		is.Columns = append(is.Columns, InspectedColumn{Column: c,
			Recognized: !c.unknown && (r.headerRow > 0 || c.Name != Ignored)})
	}
	addresses := make([]int, len(is.Columns))
	for range maxInspectedRows {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		is.addSamples(row, addresses)
	}
	is.suggestColumns(r.vocabulary, addresses)
	is.Reading = r.Reading()
	return is, nil
}

// isLayoutFault reports whether a file was refused because nobody knows what its columns are.
func isLayoutFault(err error) bool {
	f, ok := fault.Of(err)
	return ok && (strings.HasPrefix(f.Message.Key, "importfile.misfit_") ||
		f.Message.Key == "importfile.header_unknown")
}

// addSamples adds the cells of a row to the samples, and counts addresses by column.
func (is *Inspection) addSamples(row Row, addresses []int) {
	for i := range is.Columns {
		c := &is.Columns[i]
		cell := ""
		if i < len(row.Cells) {
			cell = strings.TrimSpace(row.Cells[i])
		}
		// Security: the cell was hidden since it may be a password.
		if _, hidden := row.Hidden[i]; hidden {
			cell = "…"
		}
		if isAddress(cell) {
			addresses[i]++
		}
		cell = clipText(cell)
		if cell != "" && len(c.Samples) < maxColumnSamples && !slices.Contains(c.Samples, cell) {
			c.Samples = append(c.Samples, cell)
		}
	}
}

// suggestColumns suggests what unknown columns hold: the column whose header theirs resembles, or
// the address for the first column of addresses. Nothing is suggested twice, nor what another
// column holds already.
func (is *Inspection) suggestColumns(v *headerVocabulary, addresses []int) {
	taken := map[string]bool{}
	for _, c := range is.Columns {
		taken[c.Path()] = taken[c.Path()] || c.Recognized
	}
	for i := range is.Columns {
		c := &is.Columns[i]
		if c.Recognized {
			continue
		}
		near, _ := v.lookUp(v.findNearest(c.Header))
		if near.Name == Unnamed && addresses[i] > 0 {
			near = Column{Name: Email}
		}
		if near.Name != Unnamed && near.Name != Ignored && !taken[near.Path()] {
			c.Suggested, taken[near.Path()] = near, true
		}
	}
}
