package importfile

import (
	"archive/zip"
	"errors"
	"io"

	"usher/internal/fault"
	"usher/internal/i18n"
)

var errNoSheet = errors.New("xlsx: a sheet is named that is not there")

// openWorkbook opens the first visible sheet of a workbook. A fault that it returns is the file's; any other error is
// that of who holds the bytes.
func openWorkbook(content io.ReaderAt, size int64) (source, error) {
	w := &watched{ReaderAt: content, size: size, budget: -1}
	z, err := openArchive(w)
	if err != nil {
		return nil, w.blame(err)
	}
	s, err := openSheet(z)
	if err != nil {
		return nil, w.blame(err)
	}
	s.content = w
	return s, nil
}

// blame turns an error of reading into whose it is.
func (w *watched) blame(err error) error {
	// The disk's failure comes first: a file cut short by it looks damaged, and is not.
	if w.failed != nil {
		return w.failed
	}
	if _, ok := fault.Of(err); ok {
		return err
	}
	return damaged(err)
}

// openSheet follows the relations from the archive to the workbook and to its first visible sheet. No part has a fixed
// name: what programs call xl/worksheets/sheet1.xml need not be the first sheet. The others are noted by name.
func openSheet(z *zip.Reader) (*sheet, error) {
	name, err := workbookPart(z)
	if err != nil {
		return nil, err
	}
	s := &sheet{}
	visible, err := s.readWorkbook(z, name)
	if err != nil {
		return nil, err
	}
	related, err := relations(z, name)
	if err != nil {
		return nil, err
	}
	// The first that holds cells: charts can be sheets too.
	target := ""
	for _, tab := range visible {
		r := related[tab.relation]
		switch {
		case r.kind != "worksheet" || isValueSheet(tab.name):
		case target == "":
			target, s.name = r.target, tab.name
		default:
			s.others = append(s.others, tab.name)
		}
	}
	if target == "" {
		return nil, refuse("importfile.no_sheet")
	}
	return s, s.open(z, target, related)
}

// isValueSheet tells the second sheet of our own template, which lists what the columns take.
func isValueSheet(name string) bool {
	for _, l := range i18n.Locales {
		if name == i18n.T(l, "importfile.sheet_values", nil) {
			return true
		}
	}
	return false
}

// sheetTab is a sheet as a workbook lists it.
type sheetTab struct{ name, relation string }

// workbookPart finds the part that lists the sheets. Other archives (OpenDocument, a Word file, the binary .xlsb) have
// none that we can read.
func workbookPart(z *zip.Reader) (string, error) {
	related, err := relations(z, "")
	if err != nil {
		return "", err
	}
	for _, r := range related {
		if r.kind != "officeDocument" {
			continue
		}
		is := false
		err := walk(z, r.target, func(x *xmlScanner) error {
			is = is || x.name == "workbook"
			return io.EOF // the first element is enough
		})
		if err == nil && is {
			return r.target, nil
		}
	}
	return "", nameArchive(z)
}

// readWorkbook returns the sheets that a person sees on opening the file, in their order.
func (s *sheet) readWorkbook(z *zip.Reader, name string) (visible []sheetTab, err error) {
	err = walk(z, name, func(x *xmlScanner) error {
		switch x.name {
		case "workbookPr":
			// Old Macs began the calendar four years later; such files are still about.
			s.since1904 = isTrue(x.attr("date1904"))
		case "sheet":
			if state := string(x.attr("state")); state == "" || state == "visible" {
				visible = append(visible, sheetTab{x.value("name"), x.value("id")})
			}
		}
		if len(visible) > MaxEntries {
			return io.EOF // there are no more parts than that
		}
		return nil
	})
	return visible, err
}

func isTrue(attr []byte) bool { return string(attr) == "1" || string(attr) == "true" }

// open opens the sheet behind a part's name, with the styles and the shared strings that the workbook leads to.
func (s *sheet) open(z *zip.Reader, name string, related map[string]relation) (err error) {
	f := find(z, name)
	if f == nil {
		return errNoSheet
	}
	// Either may be missing: a workbook of inline texts and plain numbers needs neither.
	for _, r := range related {
		switch r.kind {
		case "styles":
			s.styles, err = readStyles(z, r.target)
		case "sharedStrings":
			if s.shared == nil {
				s.shared, err = readShared(z, r.target)
			}
		}
		if err != nil {
			_ = s.Close()
			return err
		}
	}
	if s.part, err = f.Open(); err != nil {
		_ = s.Close()
		return err
	}
	s.x = newXML(s.part)
	return nil
}
