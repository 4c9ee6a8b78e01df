package importfile

import (
	"strings"
	"testing"
	"unicode/utf8"

	"usher/internal/fault"
	"usher/internal/spreadsheet"
)

var fuzzFields = []Field{{Key: "size", Name: "Size"}, {Key: "born", Name: "Born", Date: true}}

// hold reads a file and holds what comes out to what is promised whatever goes in.
func hold(t *testing.T, b []byte) []Row {
	t.Helper()
	rows, err := all(b, fuzzFields...)
	if err != nil {
		if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput || f.Error() == "" {
			t.Fatalf("not the file's fault: %v", err)
		}
	}
	last := 0
	for _, r := range rows {
		if r.Number <= last || len(r.Cells) > spreadsheet.MaxColumns {
			t.Fatalf("row %d behind row %d, of %d cells", r.Number, last, len(r.Cells))
		}
		last = r.Number
		for _, s := range append([]string{r.LastName, r.FirstName, r.Email, r.Username,
			r.AdditionalInfo, r.OrgUnit, r.Fields["size"]}, r.Groups...) {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > spreadsheet.MaxCell ||
				strings.TrimSpace(s) != s {
				t.Fatalf("%q", s)
			}
		}
		if r.Locale != "" && r.Locale != "en" && r.Locale != "fr" {
			t.Fatalf("%q", r.Locale)
		}
		for _, e := range r.Errors {
			if e.In("fr") == "" || e.Column.Letter() == "" {
				t.Fatalf("%+v", e)
			}
		}
	}
	return rows
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"e-mail,nom\na@example.org,Doe\n", "Doe;Jane;a@example.org;x|y;1;pw;fr;info;G|H",
		"\ufeffe-mail\tborn\tsize\n\"a\nb\"\t31/12/2026\t\"x\"\"y\"",
		"\xff\xfea\x00@\x00\n\x00", "sep=;\ne-mail;Motifs du rejet\na;'=1", "\"open", "PK\x03\x04",
		"a\rb\r\nc", "e-mail\n\xe9t\xe9", ",,,,\n ,\n\"\"",
		"Staff\nLast name [Required],E-mail *\nDoe,a@x.test\nLast name,E-mail\n",
		"Doe,Jane,a@x.test,a\\|b|c\\,1, Sup3r-secret-w0rd ,en",
		"\"e-mail,nom\"\n\"a@x.test,Doe\"\n",
		"Nom;E-mail\rDupr\x8e;r@x.test\r", "Nom;E-mail\nDupré;r@x.test\nM\xfcller;m@x.test\n",
		"Contacts\na@x.test\n", "<html><table>", "dn: cn=a\n", "{\"a\":1}", "BEGIN:VCARD\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows := hold(t, b)
		// What was read is written, in either format, and read as the same again.
		for _, format := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
			var table [][]string
			for _, r := range rows {
				if !strings.ContainsFunc(strings.Join(r.Cells, ""), func(c rune) bool {
					return c == utf8.RuneError
				}) {
					table = append(table, r.Cells)
				}
			}
			again, err := all(written(t, format, []string{"e-mail", "nom"}, table...))
			if err != nil || len(again) > len(table) {
				t.Fatalf("%s: %d rows of %d, %v", format, len(again), len(table), err)
			}
		}
	})
}
