package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"regexp"
	"strings"

	"usher/internal/fault"
)

// refuseBinary rejects files that are not tables by their first bytes, whatever their name is; nil
// for all others. Programs write web pages and reports under names such as export.xls, and people
// rename files that a form does not accept.
func refuseBinary(head []byte) *fault.Error {
	for _, magic := range []struct{ start, key string }{
		{"%PDF-", "importfile.is_pdf"},
		{"%!PS", "importfile.is_pdf"},
		{"\x89PNG\r\n\x1a\n", "importfile.is_image"},
		{"\xFF\xD8\xFF", "importfile.is_image"},
		{"GIF8", "importfile.is_image"},
		{"II*\x00", "importfile.is_image"},
		{"MM\x00*", "importfile.is_image"},
		{"\x1F\x8B", "importfile.is_archive"},
		{"7z\xBC\xAF\x27\x1C", "importfile.is_archive"},
		{"Rar!\x1A\x07", "importfile.is_archive"},
		{"BZh", "importfile.is_archive"},
		{"\xFD7zXZ\x00", "importfile.is_archive"},
		{"\x28\xB5\x2F\xFD", "importfile.is_archive"},
		// Workbooks of Excel 2 to 5 have no container around them.
		{"\x09\x00\x04\x00", "importfile.old_workbook"},
		{"\x09\x02\x06\x00", "importfile.old_workbook"},
		{"\x09\x04\x06\x00", "importfile.old_workbook"},
		{"\x09\x08\x08\x00", "importfile.old_workbook"},
		// UTF-32; its marks would pass for those of UTF-16.
		{"\xFF\xFE\x00\x00", "importfile.not_text"},
		{"\x00\x00\xFE\xFF", "importfile.not_text"},
	} {
		if bytes.HasPrefix(head, []byte(magic.start)) {
			return NewFileFault(magic.key)
		}
	}
	switch {
	case len(head) > 11 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return NewFileFault("importfile.is_image")
	case len(head) > 11 && string(head[4:8]) == "ftyp": // HEIC pictures, films
		return NewFileFault("importfile.is_image")
	case len(head) > 17 && string(head[:2]) == "BM" && bytes.IndexByte(head[:18], 0) >= 0:
		return NewFileFault("importfile.is_image")
	}
	return nil
}

// refuseOLE rejects a file in the container of old Office programs and names its kind by the
// container's directory. A damaged container counts as an old workbook, which most of them are.
func refuseOLE(content io.ReaderAt) error {
	var head [512]byte
	if n, err := content.ReadAt(head[:], 0); n < len(head) && err != nil && err != io.EOF {
		return err
	}
	// The first sector of the directory, four entries of 128 bytes with a name each in the smallest
	// sectors.
	sector := int64(1) << min(binary.LittleEndian.Uint16(head[30:]), 12)
	directory := make([]byte, 512)
	n, err := content.ReadAt(directory, (int64(binary.LittleEndian.Uint32(head[48:]))+1)*sector)
	if err != nil && err != io.EOF {
		return err
	}
	names := string(bytes.ReplaceAll(directory[:n], []byte{0}, nil))
	switch {
	case strings.Contains(names, "WordDocument"), strings.Contains(names, "PowerPoint"),
		strings.Contains(names, "__substg1.0"),
		strings.Contains(names, "__nameid_version"):
		return NewFileFault("importfile.is_document")
	case strings.Contains(names, "Encrypted"), strings.Contains(names, "DataSpaces"):
		return NewFileFault("importfile.is_encrypted")
	}
	return NewFileFault("importfile.old_workbook")
}

// refuseArchive returns the fault of an archive without a readable workbook.
func refuseArchive(z *zip.Reader) *fault.Error {
	has := func(name string) bool { return findPart(z, name) != nil }
	switch {
	case has("word/document.xml"), has("ppt/presentation.xml"), has("visio/document.xml"):
		return NewFileFault("importfile.is_document")
	case has("xl/workbook.bin"):
		return NewFileFault("importfile.is_binary_workbook")
	case has("Index/Document.iwa"), has("Index.zip"):
		return NewFileFault("importfile.is_numbers")
	case has("mimetype"), has("content.xml"):
		return NewFileFault("importfile.is_open_document")
	}
	return NewFileFault("importfile.not_workbook")
}

// markupPattern matches a tag or declaration at the start of a text.
var markupPattern = regexp.MustCompile(`^<(?:!doctype|!--|[?]xml|/?[a-z][a-z0-9:]*[\s/>])`)

// jsonPattern matches the start of a JSON object or list. A cell of a table hardly ever looks like
// one.
var jsonPattern = regexp.MustCompile(`^(?:\{\s*(?:"[^"]*"\s*:|\})|\[\s*(?:[{\["]|\]))`)

// webArchivePattern matches the first header lines of an email, or of a web page saved as one file.
var webArchivePattern = regexp.MustCompile(
	`^(?:mime-version|content-type|return-path|received|x-mozilla-status|message-id):\s`)

// refuseText rejects texts of other known formats by their start; nil for all others.
func refuseText(start string) *fault.Error {
	lower := strings.ToLower(strings.TrimLeft(start, "\ufeff \t\r\n"))
	switch {
	case strings.HasPrefix(lower, `{\rtf`):
		return NewFileFault("importfile.is_document")
	case strings.HasPrefix(lower, "%pdf-"):
		return NewFileFault("importfile.is_pdf")
	case strings.HasPrefix(lower, "begin:vcard"):
		return NewFileFault("importfile.is_vcard")
	case strings.HasPrefix(lower, "begin:vcalendar"):
		return NewFileFault("importfile.is_calendar")
	case isLDIF(lower):
		return NewFileFault("importfile.is_ldif")
	// Programs that claim to export Excel often write a web page with a table.
	case markupPattern.MatchString(lower) || strings.HasPrefix(lower, "<") &&
		strings.Contains(lower, "<table"):
		if strings.Contains(lower, "<html") || strings.Contains(lower, "<table") ||
			strings.Contains(lower, "<!doctype html") ||
			strings.Contains(lower, "<head") || strings.Contains(lower, "<meta") ||
			strings.Contains(lower, "<div") {
			return NewFileFault("importfile.is_html")
		}
		return NewFileFault("importfile.is_xml")
	case jsonPattern.MatchString(lower):
		return NewFileFault("importfile.is_json")
	case webArchivePattern.MatchString(lower):
		return NewFileFault("importfile.is_email")
	case isSYLK(lower), strings.HasPrefix(strings.ReplaceAll(lower, "\r", ""), "table\n0,1\n"):
		return NewFileFault("importfile.is_exchange_format")
	}
	return nil
}

// isLDIF reports whether a text is an export of a directory: entries that begin with their
// distinguished name, ignoring comments.
func isLDIF(lower string) bool {
	for line := range strings.Lines(lower) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", strings.HasPrefix(line, "#"), strings.HasPrefix(line, "version:") &&
			strings.Trim(line[8:], " 0123456789") == "":
		default:
			return strings.HasPrefix(line, "dn:") && strings.Contains(line, "=") ||
				strings.HasPrefix(line, "dn::")
		}
	}
	return false
}

// isSYLK reports whether a text is in Excel's old exchange format. A table may begin with a column
// called ID, so the second line decides.
func isSYLK(lower string) bool {
	first, rest, _ := strings.Cut(lower, "\n")
	if !strings.HasPrefix(first, "id;p") {
		return false
	}
	for _, record := range []string{"p;", "b;", "c;", "f;", "o;", "nn;"} {
		if strings.HasPrefix(rest, record) {
			return true
		}
	}
	return false
}
