package spreadsheet

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
)

// sourceReader reads the uploaded file. It remembers an I/O error, which is not an error of the
// file, and stops a reader that exceeds its budget.
type sourceReader struct {
	io.ReaderAt
	size      int64
	budget    int64 // bytes that may still be read; negative: any number
	readError error
}

// errBudget ends reading an archive that names more entries than a workbook has.
var errBudget = errors.New("zip: the directory is too long")

// ReadAt reads inside the file, whatever offset the archive's directory names, and within the
// budget.
func (w *sourceReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > w.size {
		return 0, io.ErrUnexpectedEOF
	}
	if w.budget >= 0 {
		if w.budget -= int64(len(p)); w.budget < 0 {
			w.budget = 0
			return 0, errBudget
		}
	}
	n, err := w.ReaderAt.ReadAt(p, off)
	if err != nil && err != io.EOF {
		w.readError = err
	}
	return n, err
}

// directoryBudget is several times the size of a directory of MaxEntries parts, including the
// search for its end.
const directoryBudget = 512 << 10

// openArchive reads the directory of a workbook and rejects a workbook that is too large, before
// anything is unpacked.
//
// Security: the directory may lie about the number of its entries, and names may be long, so
// reading it is bounded too. It cannot lie about sizes: archive/zip stops a part that is longer
// than declared.
func openArchive(content *sourceReader) (*zip.Reader, error) {
	content.budget = directoryBudget
	z, err := zip.NewReader(content, content.size)
	content.budget = -1
	if errors.Is(err, errBudget) {
		return nil, newTooManyEntriesFault()
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are never used as paths
		return nil, newDamagedFault(err)
	}
	if len(z.File) > MaxEntries {
		return nil, newTooManyEntriesFault()
	}
	// The declared sizes are enough. A zip bomb would need to be unpacked to harm.
	unpacked := uint64(0)
	for _, f := range z.File {
		// Checked before it is added: the sum of two sizes may overflow.
		if f.UncompressedSize64 > MaxUnpacked {
			return nil, newUnpackedTooBigFault()
		}
		if unpacked += f.UncompressedSize64; unpacked > MaxUnpacked {
			return nil, newUnpackedTooBigFault()
		}
	}
	return z, nil
}

// findPart finds a part of the archive by name, ignoring case and the kind of slash; nil if there
// is none.
func findPart(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

// maxPart limits parts that describe other parts, because their content is kept. Real ones have
// some KiB.
const maxPart = 8 << 20

// errPart ends reading a part that must be held in memory as a whole.
var errPart = errors.New("xlsx: a part that describes others is too large")

// visitElements calls visit for every element that opens in a part. A missing part has none.
func visitElements(z *zip.Reader, name string, visit func(x *xmlScanner) error) error {
	f := findPart(z, name)
	if f == nil {
		return nil
	}
	if f.UncompressedSize64 > maxPart {
		return errPart
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	// A visitor that has seen enough returns io.EOF, like the end of the part.
	x := newXMLScanner(r)
	for err == nil {
		var t xmlToken
		if t, err = x.nextToken(); err == nil && t == tokenOpen {
			err = visit(x)
		}
	}
	_ = r.Close()
	if err == io.EOF {
		return nil
	}
	return err
}

// partRelation is one entry in the relations of a part.
type partRelation struct {
	kind   string // last word of the type, equal in both dialects of the format
	target string // name of the related part
}

// readRelations reads the relations of a part by id.
func readRelations(z *zip.Reader, of string) (map[string]partRelation, error) {
	list := map[string]partRelation{}
	dir, base := path.Split(of)
	err := visitElements(z, path.Join(dir, "_rels", base+".rels"), func(x *xmlScanner) error {
		if x.name != "Relationship" {
			return nil
		}
		// Targets are relative to the part, or absolute within the archive; either way only names
		// to look up in it.
		target := x.attributeText("Target")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		if list[x.attributeText("Id")] = (partRelation{path.Base(x.attributeText("Type")),
			target}); len(list) > 10*MaxEntries {
			return errToken
		}
		return nil
	})
	return list, err
}
