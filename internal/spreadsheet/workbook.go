package spreadsheet

import (
	"archive/zip"
	"errors"
	"io"

	"usher/internal/fault"
)

// errNoSheet means that the archive was damaged or put together by hand.
var errNoSheet = errors.New("xlsx: the workbook names a sheet that is missing")

// openWorkbook opens the first visible sheet of a workbook that is not ignored. A fault is an error
// of the file; any other error comes from the content.
func openWorkbook(content io.ReaderAt, size int64,
	ignore func(sheet string) bool) (recordSource, error) {
	w := &sourceReader{ReaderAt: content, size: size, budget: -1}
	z, err := openArchive(w)
	if err != nil {
		return nil, w.attributeError(err)
	}
	s, err := openSheet(z, ignore)
	if err != nil {
		return nil, w.attributeError(err)
	}
	s.content = w
	return s, nil
}

// attributeError returns the I/O error behind an error of reading, if there is one, else a fault of
// the file.
func (w *sourceReader) attributeError(err error) error {
	// A file that an I/O error cuts short looks damaged and is not.
	if w.readError != nil {
		return w.readError
	}
	if _, ok := fault.Of(err); ok {
		return err
	}
	return newDamagedFault(err)
}

// openSheet follows the relations from the archive to the workbook and its first visible sheet. No
// part has a fixed name: xl/worksheets/sheet1.xml need not be the first sheet. It notes the names
// of the other sheets.
func openSheet(z *zip.Reader, ignore func(sheet string) bool) (*sheetReader, error) {
	name, err := findWorkbookPart(z)
	if err != nil {
		return nil, err
	}
	s := &sheetReader{}
	visible, err := s.readWorkbook(z, name)
	if err != nil {
		return nil, err
	}
	related, err := readRelations(z, name)
	if err != nil {
		return nil, err
	}
	// Charts can be sheets too, so the first sheet with cells is chosen.
	target := ""
	for _, tab := range visible {
		r := related[tab.relation]
		switch {
		case r.kind != "worksheet" || ignore(tab.name):
		case target == "":
			target, s.sheet.Name = r.target, tab.name
		default:
			s.sheet.Others = append(s.sheet.Others, tab.name)
		}
	}
	if target == "" {
		return nil, NewFileFault("importfile.no_sheet")
	}
	return s, s.openPart(z, target, related)
}

// sheetTab is a sheet in the list of a workbook.
type sheetTab struct{ name, relation string }

// findWorkbookPart finds the part that lists the sheets. Other archives (OpenDocument, a Word file,
// the binary .xlsb) have none that can be read.
func findWorkbookPart(z *zip.Reader) (string, error) {
	related, err := readRelations(z, "")
	if err != nil {
		return "", err
	}
	for _, r := range related {
		if r.kind != "officeDocument" {
			continue
		}
		is := false
		err := visitElements(z, r.target, func(x *xmlScanner) error {
			is = is || x.name == "workbook"
			return io.EOF // the first element is enough
		})
		if err == nil && is {
			return r.target, nil
		}
	}
	return "", refuseArchive(z)
}

// readWorkbook returns the sheets that a person sees when the file is opened, in their order.
func (s *sheetReader) readWorkbook(z *zip.Reader, name string) (visible []sheetTab, err error) {
	err = visitElements(z, name, func(x *xmlScanner) error {
		switch x.name {
		case "workbookPr":
			// Old versions for the Mac begin the calendar four years later, and such files still
			// exist.
			s.since1904 = isTrueAttribute(x.attributeValue("date1904"))
		case "sheet":
			if state := string(x.attributeValue("state")); state == "" || state == "visible" {
				visible = append(visible, sheetTab{x.attributeText("name"), x.attributeText("id")})
			}
		}
		if len(visible) > MaxEntries {
			return io.EOF // more sheets than parts
		}
		return nil
	})
	return visible, err
}

func isTrueAttribute(attr []byte) bool { return string(attr) == "1" || string(attr) == "true" }

// openPart opens the sheet of a part, with the styles and shared strings to which the workbook
// refers.
func (s *sheetReader) openPart(z *zip.Reader, name string,
	related map[string]partRelation) (err error) {
	f := findPart(z, name)
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
				s.shared, err = readSharedStrings(z, r.target)
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
	s.x = newXMLScanner(s.part)
	return nil
}
