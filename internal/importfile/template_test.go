package importfile

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

func written(t interface{ Fatal(...any) }, f spreadsheet.Format, header []string, rows ...[]string) []byte {
	var b bytes.Buffer
	w, err := spreadsheet.NewWriter(&b, f, ';', "People: all/some", header)
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

func TestRejectedRowsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"with a header":         "Langue;E-mail;Nom;Mot de passe\nklingon;a@example.org;\"=Doe; \";pa;over\nfr;b@example.org",
		"without":               "Doe;Jane;a@example.org;;maybe;pa;;;;over\nRoe;Rick;b@example.org",
		"rejected once already": "E-mail;Motifs du rejet;Nom\na@example.org;because;Doe\n;because\nb@example.org",
	} {
		for _, f := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
			content := []byte(in)
			var first []Row
			for turn := range 3 {
				r, err := openBytes(content)
				if turn == 0 && name == "without" {
					r, err = openUnheaded(content)
				}
				if err != nil {
					t.Fatalf("%s, %s, turn %d: %v", name, f, turn, err)
				}
				rows, err := rest(r)
				if err != nil || len(rows) != 2 {
					t.Fatalf("%s, %s, turn %d: %+v, %v", name, f, turn, rows, err)
				}
				if turn == 0 {
					first = rows
				}
				var table [][]string
				for i, row := range rows {
					if !slices.Equal(row.Cells, first[i].Cells) || row.Email != first[i].Email ||
						row.Password != first[i].Password ||
						len(row.Errors) != len(first[i].Errors) {
						t.Errorf("%s, %s, turn %d: %+v, was %+v", name, f, turn, row, first[i])
					}
					cells := whole(row)
					var why []string
					for _, e := range row.Errors {
						why = append(why, e.In(i18n.French))
					}
					table = append(table, RejectedRow(r.Columns(), cells, why))
				}
				content = written(t, f, RejectedHeader(r.Columns(), i18n.French), table...)
			}
		}
	}
}

func TestTheTemplateNamesEveryColumnAndIsReadAgain(t *testing.T) {
	t.Parallel()
	fields := []Field{{Key: "size", Name: "Size"}, {Key: "size_2", Name: "size"},
		{Key: "lang", Name: "Langue"}}
	values := []Value{{Groups, "", "grp_1", "North / =Sales"}, {CustomField, "Size", "XL", ""}}
	for _, l := range i18n.Locales {
		for _, f := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
			var b bytes.Buffer
			if err := WriteTemplate(&b, f, l, fields, values); err != nil {
				t.Fatal(err)
			}
			r, err := openBytes(b.Bytes(), fields...)
			if err != nil {
				t.Fatal(l, f, err)
			}
			if got := names(r); !strings.HasSuffix(got,
				" customFields.size customFields.size_2 customFields.lang") ||
				len(r.Columns()) != 15+3 {
				t.Errorf("%s %s: %s", l, f, got)
			}
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("%s %s: the template has a row: %v", l, f, err)
			}
			if f == spreadsheet.XLSX {
				book, err := excelize.OpenReader(&b)
				if err != nil {
					t.Fatal(err)
				}
				sheets := book.GetSheetList()
				rows, err := book.GetRows(sheets[1])
				if err != nil || len(sheets) != 2 || len(rows) != 3 || rows[1][1] != "grp_1" ||
					rows[1][0] != Label(Groups, l) || rows[2][0] != "Size" {
					t.Errorf("%q %q %v", sheets, rows, err)
				}
			}
		}
	}
}

// BAT-6: groups are exported with their ids.
func TestGroupsAreExportedWithTheirIds(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteGroups(&b, spreadsheet.CSV, i18n.French,
		[]Group{{"grp_1", "=EXT", "Nord / Ventes; Est"}}); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffIdentifiant du groupe;Identifiant externe;Chemin\r\ngrp_1;'=EXT;\"Nord / Ventes; Est\"\r\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
