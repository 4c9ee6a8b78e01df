package importfile

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"usher/internal/spreadsheet"
)

func encoded(t *testing.T, in *charmap.Charmap, s string) string {
	t.Helper()
	out, err := in.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALineThatIsNotUTF8IsToldAndTheOthersStay(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"a dash of Excel":      "Nom;Prénom;E-mail;Infos complémentaires\nLefèvre;Stéphane;s@x.test;\nMüller;Jürgen;j@x.test;a \x96 b\nDupré;René;r@x.test;\n",
		"a name":               "Nom;Prénom;E-mail;Infos complémentaires\nLefèvre;Stéphane;s@x.test;\nM\xfcller;Jürgen;j@x.test;\nDupré;René;r@x.test;\n",
		"the only other line":  "Nom;First name;E-mail;Info\nLefèvre;Stéphane;s@x.test;\nM\xfcller;J;j@x.test;\nDupré;René;r@x.test;\n",
		"old Macs' ends":       "Nom;Prénom;E-mail;Infos\rLefèvre;Stéphane;s@x.test;\rM\xfcller;Jürgen;j@x.test;\rDupré;René;r@x.test;\r",
		"more bytes than text": "Nom;Prénom;E-mail;Infos\nLefèvre;Stéphane;s@x.test;\nM\xfc\xfc\xfc\xfc\xfc;J;j@x.test;\nDupré;René;r@x.test;\n",
	} {
		r, err := openBytes([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		rows, err := rest(r)
		if err != nil || len(rows) != 3 || r.Reading().Encoding != spreadsheet.UTF8 {
			t.Errorf("%s: %+v, %v", name, rows, err)
			continue
		}
		if rows[0].LastName != "Lefèvre" || rows[0].FirstName != "Stéphane" ||
			rows[2].LastName != "Dupré" || rows[2].FirstName != "René" ||
			len(rows[0].Errors)+len(rows[2].Errors) > 0 {
			t.Errorf("%s: the other lines changed: %+v", name, rows)
		}
		if len(rows[1].Errors) != 1 ||
			rows[1].Errors[0].Err.Message.Key != "importfile.cell_unreadable" ||
			rows[1].Number != 3 {
			t.Errorf("%s: the line is not told: %+v", name, rows[1])
		}
	}
	// A header that cannot be read is no header.
	_, err := openBytes(
		[]byte("Pr\xe9nom;Nom;E-mail\nStéphane;Lefèvre;s@x.test\nRené;Dupré;r@x.test\n"))
	refusedAs(t, err, "header_unreadable")
}

func TestAGuessedEncodingIsToldWithNames(t *testing.T) {
	t.Parallel()
	const french = "Nom;Pr\u00e9nom;E-mail\nDupr\u00e9;Ren\u00e9;r@x.test\nM\u00fcller;J\u00fcrgen;j@x.test\n"
	for name, c := range map[string]struct {
		in   string
		want spreadsheet.Encoding
	}{
		"Windows": {encoded(t, charmap.Windows1252, french), spreadsheet.Windows1252},
		"Mac, its ends of lines": {strings.ReplaceAll(encoded(t, charmap.Macintosh, french), "\n",
			"\r"), spreadsheet.MacRoman},
		"Mac, others' ends": {encoded(t, charmap.Macintosh, french), spreadsheet.MacRoman},
		"Windows, old ends": {strings.ReplaceAll(encoded(t, charmap.Windows1252, french),
			"\n", "\r"), spreadsheet.Windows1252},
		"Windows, \\r\\n": {strings.ReplaceAll(encoded(t, charmap.Windows1252, french),
			"\n", "\r\n"), spreadsheet.Windows1252},
		"Windows, one in capitals": {encoded(t, charmap.Windows1252,
			"Nom;Prénom;E-mail\nDupré;René;r@x.test\nMüller;Jürgen;j@x.test\nÉTÉ’S;CAFÉ’;x@x.test\n"),
			spreadsheet.Windows1252},
		"Mac, one in capitals": {encoded(t, charmap.Macintosh,
			"Nom;Prénom;E-mail\nDupré;René;r@x.test\nMüller;Jürgen;j@x.test\nÉLUARD;ZOË;x@x.test\n"),
			spreadsheet.MacRoman},
	} {
		r, err := openBytes([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		rows, err := rest(r)
		is := r.Reading()
		if err != nil || is.Encoding != c.want || rows[0].LastName != "Dupré" ||
			rows[1].FirstName != "Jürgen" {
			t.Errorf("%s: %s %+v, %v", name, is.Encoding, rows, err)
			continue
		}
		said := fmt.Sprint(is.Warnings[0].In("en"))
		if len(is.Warnings) != 1 || !strings.Contains(said, string(c.want)) ||
			!strings.Contains(said, "Dupré, René, Müller") {
			t.Errorf("%s: %q", name, said)
		}
	}
}

func TestWhatAFileSaysOfItsEncodingIsNoGuess(t *testing.T) {
	t.Parallel()
	for name, in := range map[string][]byte{
		"ASCII": []byte("Nom,E-mail\nDoe,a@x.test\n"), "UTF-8": []byte(
			"Nom,E-mail\nDupré,a@x.test\n"), "a mark": []byte("\ufeffNom,E-mail\nDupré,a@x.test\n"),
		"UTF-16": []byte("\xff\xfe" +
			strings.ReplaceAll("Nom,E-mail\nDoe,a@x.test\n", "", "\x00")[1:]),
	} {
		r, err := openBytes(in)
		if err != nil || len(r.Reading().Warnings) != 0 {
			t.Errorf("%s: %+v, %v", name, r.Reading(), err)
		}
	}
}
