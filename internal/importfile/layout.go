package importfile

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// HeaderOption says whether a file has a header.
type HeaderOption string

// The options for a file's header.
const (
	// HeaderDetect looks for a header in the first ten lines. A file without one is read in the
	// classic order if every row fits it, and is refused otherwise.
	HeaderDetect HeaderOption = "DETECT"
	// HeaderNone reads every line as a person, in the classic order or as a bare list of addresses.
	HeaderNone HeaderOption = "NONE"
)

// readHead reads the first records and determines the columns.
func (r *Reader) readHead(v *headerVocabulary, o Options) error {
	var head []spreadsheet.Record
	for len(head) < spreadsheet.MaxHeadRecords {
		rec, err := r.file.Next()
		if err == io.EOF {
			break
		}
		if err != nil && len(head) == 0 {
			return err
		}
		if err != nil {
			// The error is returned when its row is due, as for rows after the first ten.
			r.pendingError = err
			break
		}
		head = append(head, rec)
	}
	if len(head) == 0 {
		return spreadsheet.NewFileFault("importfile.empty")
	}

	// Rows are compared with the vocabulary too: a header may be repeated in the middle of a file.
	r.vocabulary = v
	// The first lines are people as well, and are read again as rows.
	if o.Header == HeaderNone {
		if err := v.requireChoices(o.Choices, nil); err != nil {
			return err
		}
		r.pending = head
		r.useFixedOrder(head)
		return nil
	}
	at, content := v.findHeader(head)
	if at < 0 {
		r.pending = head
		return r.readWithoutHeader(head)
	}
	return r.readHeader(v, o, head, at, content)
}

// readHeader uses a record as header. Records above it are ignored unless one of them is a person.
func (r *Reader) readHeader(v *headerVocabulary, o Options, head []spreadsheet.Record, at int,
	byContent bool) error {
	header := head[at]
	for _, above := range head[:at] {
		// Refused and not ignored: silently leaving out a person is worse than asking again.
		if slices.ContainsFunc(above.Cells, isAddress) || len(above.Cells) > 4 &&
			findMisfitKey(above) == "" {
			return spreadsheet.NewFileFault("importfile.people_above_header",
				i18n.Args{"Row": above.Row, "Header": header.Row})
		}
	}
	for _, cell := range header.Cells {
		// The encoding was guessed wrongly. The names below would be stored broken.
		if strings.ContainsRune(cell, utf8.RuneError) {
			return spreadsheet.NewFileFault("importfile.header_unreadable",
				i18n.Args{"Row": header.Row})
		}
	}
	if len(o.Choices) == 0 && o.Recall != nil {
		if choices := o.Recall(v.layoutOf(header.Cells)); len(choices) > 0 {
			v, r.recalled = newVocabulary(o.Fields, choices, o.activeHeaders()...), true
			r.vocabulary = v
		}
	}
	if byContent && v.countKnown(header.Cells) == 0 && len(v.letters) == 0 &&
		o.Unknown != unknownKeep {
		return spreadsheet.NewFileFault("importfile.header_unknown",
			i18n.Args{"Row": header.Row, "Seen": describeCells(header.Cells)})
	}
	if err := v.requireChoices(o.Choices, header.Cells); err != nil {
		return err
	}
	columns, err := v.readColumns(header.Cells, o.Unknown)
	if err != nil {
		return err
	}
	if o.Unknown != unknownKeep {
		if err := requireIdentity(columns); err != nil {
			return err
		}
	}
	r.columns, r.headerRow, r.leftAbove = columns, header.Row, at
	// The column that our own report of rejected rows adds. It says nothing about a person.
	r.dropReasonsColumn()
	r.pending = head[at+1:]
	return nil
}

// readWithoutHeader decides how a file without a recognized header is read, or rejects it with a
// description of its first row.
func (r *Reader) readWithoutHeader(head []spreadsheet.Record) error {
	if isQuotedWhole(head, r.vocabulary) {
		return spreadsheet.NewFileFault("importfile.whole_lines",
			i18n.Args{"Row": head[0].Row, "Seen": describeCells(head[0].Cells)})
	}
	r.useFixedOrder(head)
	if len(r.columns) == 1 {
		return nil
	}
	// Nobody has said what the columns are, so every later row must confirm the guess.
	r.mustFit = true
	for i := range head {
		if misfit := findMisfitKey(head[i]); misfit != "" {
			return refuseMisfit(head[i], misfit)
		}
	}
	// Names alone may as well be the names of columns in a language that nobody here speaks.
	if !hasPersonEvidence(head[0].Cells) {
		return refuseMisfit(head[0], "importfile.misfit_first")
	}
	return nil
}

// useFixedOrder sets the columns of a file without a header.
func (r *Reader) useFixedOrder(head []spreadsheet.Record) {
	if len(r.vocabulary.letters) > 0 {
		r.columns = r.vocabulary.chosenOrder(head)
		return
	}
	single := !slices.ContainsFunc(head, func(rec spreadsheet.Record) bool {
		return len(rec.Cells) > 1
	})
	if single && strings.Contains(head[0].Cells[0], "@") {
		// A bare list of addresses. In the classic order they would be last names.
		r.columns = []Column{{Name: Email}}
		return
	}
	// BAT-1: without a header the columns have the order of the form that people know.
	for i, name := range classicOrder {
		r.columns = append(r.columns, Column{Name: name, Index: i})
	}
}

// Indexes of the classic order.
const (
	classicLast = iota
	classicFirst
	classicEmail
	classicLabels
	classicFlag
	classicPassword
	classicLocale
	classicInfo
	classicGroups
)

// findMisfitKey returns the message key of why a record is not a row of the classic order; "" if it
// is one.
func findMisfitKey(rec spreadsheet.Record) string {
	key, _ := findMisfit(rec)
	return key
}

// findMisfit is findMisfitKey that also returns the index of the cell.
func findMisfit(rec spreadsheet.Record) (key string, column int) {
	at := func(i int) string {
		if i < len(rec.Cells) {
			return strings.TrimSpace(rec.Cells[i])
		}
		return ""
	}
	for _, i := range []int{classicLast, classicFirst} {
		if strings.Contains(at(i), "@") {
			return "importfile.misfit_name", i
		}
	}
	email := at(classicEmail)
	switch {
	case email != "" && !strings.Contains(email, "@"):
		return "importfile.misfit_email", classicEmail
	case email == "" && at(classicLast) == "" && at(classicFirst) == "":
		return "importfile.misfit_nobody", classicLast
	}
	if _, ok := parseBool(at(classicFlag)); !ok && at(classicFlag) != "" {
		return "importfile.misfit_flag", classicFlag
	}
	if _, ok := parseLocale(at(classicLocale)); !ok && at(classicLocale) != "" {
		return "importfile.misfit_locale", classicLocale
	}
	for _, i := range []int{classicLabels, classicInfo, classicGroups} {
		// An address in a column of labels shows a file in another order, which would invite the
		// wrong people.
		if isAddress(at(i)) {
			return "importfile.misfit_address", i
		}
		if looksLikeSecret(at(i)) {
			return "importfile.misfit_secret", i
		}
	}
	// A cell beyond the order shows that some column was shifted.
	for i := len(classicOrder); i < len(rec.Cells); i++ {
		if !isBlank(rec.Cells[i]) {
			return "importfile.misfit_beyond", i
		}
	}
	return "", 0
}

// refuseMisfit rejects a file by the record that does not fit the classic order, and describes the
// record.
//
// Security: in a shifted row the password is in another column, so describeCells hides suspicious
// cells.
func refuseMisfit(rec spreadsheet.Record, key string) *fault.Error {
	_, column := findMisfit(rec)
	cells := slices.Clone(rec.Cells)
	for i, name := range classicOrder {
		if i >= classicFlag && i <= classicLocale && i < len(cells) && !isBlank(cells[i]) &&
			!name.isPlainlyRead(cells[i]) {
			cells[i] = "…"
		}
	}
	return spreadsheet.NewFileFault(key, i18n.Args{
		"Row": rec.Row, "Column": spreadsheet.ColumnLetter(column),
		"Seen": describeCells(cells)})
}

// hasPersonEvidence reports whether a record in the classic order contains what is never the name
// of a column: an address, a flag or a language.
func hasPersonEvidence(cells []string) bool {
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		switch i {
		case classicEmail:
			if strings.Contains(cell, "@") {
				return true
			}
		case classicFlag:
			if _, ok := parseBool(cell); ok {
				return true
			}
		case classicLocale:
			// Only exact tags: parseLocale accepts the names of languages, which are headers as
			// well.
			if i18n.Known(strings.ToLower(cell)) {
				return true
			}
		}
	}
	return false
}

// findHeader finds the header among the first records: the one with the most names of columns,
// before any person. content reports that it was found by the records below it: it has no @, and
// one of its columns has addresses.
func (v *headerVocabulary) findHeader(head []spreadsheet.Record) (at int, content bool) {
	at, most, people := -1, 0, false
	for i, rec := range head {
		if slices.ContainsFunc(rec.Cells, isAddress) {
			// A person between two candidates belongs to the first of them.
			if people = true; at >= 0 {
				break
			}
			continue
		}
		if n := v.countKnown(rec.Cells); n > most && v.isHeader(rec.Cells) && (n > 1 || !people) {
			at, most = i, n
		}
	}
	if at >= 0 {
		return at, false
	}
	for i := 0; i+1 < len(head); i++ {
		below := head[i+1]
		column := slices.IndexFunc(below.Cells, isAddress)
		if column < 0 {
			continue
		}
		// The record right above the first address.
		above := head[i].Cells
		if column < len(above) && !isBlank(above[column]) && !hasPersonEvidence(above) &&
			!slices.ContainsFunc(above, hasAt) {
			return i, true
		}
		break
	}
	return -1, false
}

// countKnown counts the cells that are names of columns.
func (v *headerVocabulary) countKnown(cells []string) (n int) {
	for _, cell := range cells {
		if _, ok := v.lookUp(cell); ok && !isBlank(cell) {
			n++
		}
	}
	return n
}

// repeatsHeader reports whether a row is another header: files were concatenated, or the header has
// two languages. No person is created from it (BAT-1).
func (v *headerVocabulary) repeatsHeader(cells []string) bool {
	if slices.ContainsFunc(cells, isAddress) { // nearly all rows
		return false
	}
	filled, named := 0, false
	for _, cell := range cells {
		if isBlank(cell) {
			continue
		}
		if filled++; len(cell) > MaxHeader {
			return false
		}
		c, ok := v.lookUp(cell)
		if !ok {
			return false
		}
		// "No" and a number head columns that an import leaves out, and are common values too.
		named = named || c.Name != Ignored
	}
	return filled >= 2 && named
}

// isQuotedWhole reports whether each line of a file is one cell that contains the whole line. Some
// programs put quotes around lines, and people paste a CSV file into the first column of a sheet.
func isQuotedWhole(head []spreadsheet.Record, v *headerVocabulary) bool {
	cells := 0
	for _, rec := range head {
		if len(rec.Cells) != 1 {
			return false
		}
		best := 1
		for _, delimiter := range []string{",", ";", "\t"} {
			parts := strings.Split(rec.Cells[0], delimiter)
			if v.isHeader(parts) && len(parts) > 1 {
				return true
			}
			best = max(best, len(parts))
		}
		// `Lovelace, Ada <ada@example.org>` is an address with a name, not a line of cells.
		if best > 1 && !strings.Contains(rec.Cells[0], "<") {
			cells++
		}
	}
	return cells == len(head)
}

// addressPattern matches a text with the shape of one address. internal/address validates it later.
var addressPattern = regexp.MustCompile(
	`^(?:mailto:)?<?[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;."]+>?\.?$`)

func isAddress(cell string) bool {
	return strings.Contains(cell, "@") && addressPattern.MatchString(strings.TrimSpace(cell))
}

func hasAt(cell string) bool { return strings.Contains(cell, "@") }

// describeCells shows the cells of a record in a message.
//
// Security: cells that look like a password, or have the place of one in the classic order, are
// left out.
func describeCells(cells []string) string {
	const longest = 12
	var list []string
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
			continue
		case len(list) == longest:
			return strings.Join(list, ", ") + ", …"
		case looksLikeSecret(cell) || i == classicPassword && len(cells) > classicPassword &&
			hasAnyAt(cells):
			cell = "…"
		}
		list = append(list, spreadsheet.ColumnLetter(i)+" ("+clipText(cell)+")")
	}
	return strings.Join(list, ", ")
}

func hasAnyAt(cells []string) bool { return slices.ContainsFunc(cells, hasAt) }
