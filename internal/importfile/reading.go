package importfile

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// Reading describes how a file was read, for its uploader to check.
type Reading struct {
	Encoding      spreadsheet.Encoding // empty for a workbook
	HeaderRow     int                  // 0 without a header
	LeftAbove     int                  // ignored records above the header
	Sheet         string               // name of the sheet; empty for a text
	SheetsLeftOut []string             // visible sheets that were not read
	HiddenRows    int                  // hidden rows of the sheet, which are ignored
	Recalled      bool                 // the columns are as chosen for an earlier file
	Warnings      []i18n.Message
}

const (
	// maxShownSheets is the number of sheets that a message lists.
	maxShownSheets = 5
	// maxSample is the number of names that show a guessed encoding.
	maxSample = 3
)

// Reading returns how the file was read. Its warnings are complete after the last row.
func (r *Reader) Reading() Reading {
	is := Reading{Encoding: r.file.Encoding(), HeaderRow: r.headerRow, LeftAbove: r.leftAbove,
		Recalled: r.recalled}
	warn := func(key string, args i18n.Args) {
		is.Warnings = append(is.Warnings, i18n.Message{Key: key, Args: args})
	}
	if r.leftAbove > 0 {
		warn("importfile.left_above", i18n.Args{"Row": r.headerRow})
	}
	if r.recalled {
		warn("importfile.columns_recalled", nil)
	}
	if list := r.listLeftOut(); list != "" {
		warn("importfile.columns_left_out", i18n.Args{"List": list})
	}
	// Without a header the reader has assumed an order, so a person should look.
	if r.headerRow == 0 && len(r.vocabulary.letters) == 0 {
		key := "importfile.read_in_order"
		if len(r.columns) == 1 {
			key = "importfile.read_as_list"
		}
		warn(key, nil)
	}
	if r.ambiguousDate != "" {
		warn("importfile.date_ambiguous",
			i18n.Args{"Text": clipText(r.ambiguousDate), "Date": r.ambiguousRead})
	}
	if is.Encoding.IsGuessed() {
		args := i18n.Args{"Encoding": string(is.Encoding), "Sample": strings.Join(r.sample, ", ")}
		if len(r.sample) == 0 {
			args["Sample"] = "–"
		}
		warn("importfile.encoding_guessed", args)
	}
	if s, ok := r.file.Sheet(); ok {
		is.Sheet, is.SheetsLeftOut, is.HiddenRows = s.Name, s.Others, s.Hidden
		if len(s.Others) > 0 {
			var list []string
			for _, name := range s.Others[:min(len(s.Others), maxShownSheets)] {
				list = append(list, clipText(name))
			}
			warn("importfile.sheets_left_out",
				i18n.Args{"Sheet": clipText(s.Name), "List": strings.Join(list, ", ")})
		}
		if s.Hidden > 0 {
			var list []string
			for _, row := range s.FirstHidden {
				list = append(list, strconv.Itoa(row))
			}
			if s.Hidden > len(list) {
				list = append(list, "…")
			}
			warn("importfile.rows_hidden",
				i18n.Args{"Count": s.Hidden, "List": strings.Join(list, ", ")})
		}
	}
	return is
}

// listLeftOut names the columns that are left out, with their letters.
func (r *Reader) listLeftOut() string {
	var list []string
	for _, c := range r.columns {
		if c.Name == Ignored && c.Header != "" {
			list = append(list, c.Letter()+" ("+clipText(c.Header)+")")
		}
	}
	return strings.Join(list, ", ")
}

// sampleNames keeps some names that show whether the encoding was guessed right.
func (r *Reader) sampleNames(row *Row) {
	if !r.file.Encoding().IsGuessed() || len(r.sample) >= maxSample {
		return
	}
	for i, cell := range row.Cells {
		name := r.columnAt(i).Name
		if (name == FirstName || name == LastName || name == FullName || name == AdditionalInfo || name == Labels) &&
			len(r.sample) < maxSample {
			if cell = strings.TrimSpace(cell); utf8.RuneCountInString(cell) < len(cell) {
				r.sample = append(r.sample, clipText(cell))
			}
		}
	}
}
