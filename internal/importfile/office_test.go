package importfile

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

var update = flag.Bool("update", false,
	"write the golden files again, by the spreadsheet program of this machine")

const office = "testdata/office"

// saving is files that a spreadsheet program made of others: where people.fods becomes
// people-utf8.csv, the ending is "-utf8.csv". testdata/office/README.md tells of the filters.
type saving struct {
	from             []string
	open, as, ending string
}

// made is what a file becomes.
func (s saving) made(from string) string {
	return strings.TrimSuffix(from, filepath.Ext(from)) + s.ending
}

// asCSV is the filter that writes a sheet as text, cells as they are shown. Character sets: UTF-8
// is 76, UTF-16 65535, Windows-1252 1. Sheets count from 1; 0 is the first one, too.
func asCSV(delimiter rune, charset, sheet int) string {
	return fmt.Sprintf(
		"csv:Text - txt - csv (StarCalc):%d,34,%d,1,,0,false,true,true,false,false,%d", delimiter,
		charset, sheet)
}

const asXLSX = "xlsx:Calc MS Excel 2007 XML"

// document is what the program opens; its second sheet has only letters that are in Windows-1252.
var (
	document = []string{"people.fods"}
	foreign  = []saving{
		{document, "", asCSV(',', 76, 1), "-utf8.csv"},
		{document, "", asCSV(';', 76, 1), "-utf8-semicolon.csv"},
		{document, "", asCSV('\t', 65535, 1), "-utf16-tab.csv"},
		{document, "", asXLSX, ".xlsx"},
	}
	french = []saving{
		{document, "", asCSV(',', 1, 2), "-french-1252.csv"},
		{document, "", asCSV(';', 1, 2), "-french-1252-semicolon.csv"},
		{document, "", asCSV('\t', 1, 2), "-french-1252-tab.csv"},
	}
	otherBooks = []saving{{document, "", "xls:MS Excel 97", ".xls"}, {document, "", "ods", ".ods"}}
)

// save has the program make the files, in a directory.
func (s saving) save(t *testing.T, dir string) {
	t.Helper()
	out := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless",
		"--norestore"}
	if s.open != "" {
		args = append(args, "--infilter="+s.open)
	}
	args = append(args, "--convert-to", s.as, "--outdir", out)
	for _, name := range s.from {
		args = append(args, filepath.Join(dir, name))
	}
	said, err := exec.CommandContext(t.Context(), soffice(), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", s.ending, err, said)
	}
	for _, name := range s.from {
		// With a sheet chosen the program puts the sheet's name into the file's, so only the
		// beginning is known.
		found, err := filepath.Glob(
			filepath.Join(out, strings.TrimSuffix(name, filepath.Ext(name))+"*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %q, %v\n%s", s.made(name), found, err, said)
		}
		if err := os.Rename(found[0], filepath.Join(dir, s.made(name))); err != nil {
			t.Fatal(err)
		}
	}
}

// soffice is the program, or "" on a machine without.
var soffice = sync.OnceValue(func() string {
	path, _ := exec.LookPath("soffice")
	return path
})

// offices are the directories that hold files of the program: what is committed and, where the
// program is, what it makes here and now.
func offices(t *testing.T, ours map[string][]byte, files ...saving) []string {
	t.Helper()
	if soffice() == "" {
		if *update {
			t.Fatal("no soffice here: install LibreOffice Calc")
		}
		return []string{office}
	}
	dir := t.TempDir()
	for name, content := range ours {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range files {
		s.save(t, dir)
		for _, name := range s.from {
			if made := s.made(name); *update {
				if err := os.WriteFile(filepath.Join(office, made), read(t, dir, made),
					0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return []string{dir, office}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// questions are the workspace's fields that the files answer.
var questions = []Field{{Key: "postal", Name: "Code postal"}, {Key: "phone", Name: "Téléphone"},
	{Key: "born", Name: "Né le", Date: true}}

// told is all that a file says, a line for each column and each thing that a row says; cells too
// when they have to be the same letter by letter.
func told(t *testing.T, name string, b []byte, cells bool) string {
	t.Helper()
	r, err := openBytes(b, questions...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	rows, err := rest(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var out strings.Builder
	for _, c := range r.Columns() {
		fmt.Fprintf(&out, "%s %q %s\n", c.Letter(), c.Header, c.Path())
	}
	for _, row := range rows {
		fmt.Fprintf(&out, "\nrow %d\n", row.Number)
		say := func(what string, value any) {
			if s := fmt.Sprintf("%q", value); s != `""` && s != "[]" {
				fmt.Fprintf(&out, "%s %s\n", what, s)
			}
		}
		say("last", row.LastName)
		say("first", row.FirstName)
		say("email", row.Email)
		say("username", row.Username)
		say("password", row.Password.Reveal())
		say("groups", row.Groups)
		say("labels", row.Labels)
		say("info", row.AdditionalInfo)
		if row.SendCredentials != nil {
			say("send", fmt.Sprint(*row.SendCredentials))
		}
		if !row.AccessExpiresAt.IsZero() {
			say("ends", fmt.Sprint(row.AccessExpiresAt.Time, row.AccessExpiresAt.DateOnly))
		}
		for _, f := range questions {
			say(f.Key, row.Fields[f.Key])
		}
		for _, e := range row.Errors {
			say("error", e.Column.Path()+" "+e.Err.Message.Key)
		}
		if cells {
			say("cells", spreadsheet.Record{Cells: slices.Clone(row.Cells)}.TrimEnd().Cells)
		}
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join(office, name), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(read(t, office, name)); got != want {
		t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
}

func TestFilesOfASpreadsheetProgramAreReadAlike(t *testing.T) {
	t.Parallel()
	source := map[string][]byte{document[0]: read(t, office, document[0])}
	for _, dir := range offices(t, source, slices.Concat(foreign, french, otherBooks)...) {
		for of, all := range map[string][]saving{"people.golden": foreign,
			"french.golden": french} {
			for _, s := range all {
				name := s.made(document[0])
				golden(t, of, told(t, name, read(t, dir, name), false))
			}
		}
		// The mark that Excel writes, and newer versions of this program on demand.
		marked := slices.Concat([]byte("\ufeff"), read(t, dir, "people-utf8-semicolon.csv"))
		golden(t, "people.golden", told(t, "with a mark", marked, false))
		for name, key := range map[string]string{"people.xls": "old_workbook",
			"people.ods": "is_open_document"} {
			_, err := openBytes(read(t, dir, name))
			refusedAs(t, err, key)
		}
	}
}

// ownFiles are what Usher gives out: the template, rejected rows, the groups; each as text and as a
// workbook.
func ownFiles(t *testing.T) map[string][]byte {
	t.Helper()
	// The cell of two lines stands last: behind it, a text counts lines and a workbook rows.
	r, err := openBytes([]byte("Nom;Prénom;E-mail;Groupes;Info;Fin d’accès;Téléphone\n"+
		"Παπαδοπούλου;'quoted;🦊@;-;@SUM(A1);hier;12/34\nO'Neil;;pat@example.org;'=x;_x0041_;;9-5;beyond\n"+
		"=1+1;\"Jean \"\"J\"\"; fils\";jean-example.org;A / B|C;\"deux\nlignes\";31/12/2026;+33 6 12 34\n"), questions...)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rest(r)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%+v, %v", rows, err)
	}
	var rejected [][]string
	for _, row := range rows {
		why := []string{"= a reason, \"as it is\";", "+ another"}
		for _, e := range row.Errors {
			why = append(why, e.In(i18n.French))
		}
		rejected = append(rejected, RejectedRow(r.Columns(), row.Cells, why))
	}
	files := map[string][]byte{}
	for _, f := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
		var template, groups bytes.Buffer
		if err := WriteTemplate(&template, f, i18n.French, questions,
			[]Value{{Groups, "", "Nord / =Ventes", "Nord / =Ventes"}}); err != nil {
			t.Fatal(err)
		}
		if err := WriteGroups(&groups, f, i18n.French, []Group{
			{"grp_01jv", "=EXT-1", "École / Ventes; Est"}, {"grp_01jw", "", "Ελλάδα / 🦊, \"nord\""},
			{"grp_01jx", "'x", "-"},
		}); err != nil {
			t.Fatal(err)
		}
		files["template."+string(f)] = template.Bytes()
		files["groups."+string(f)] = groups.Bytes()
		files["rejected."+string(f)] = written(t, f, RejectedHeader(r.Columns(), i18n.French),
			rejected...)
	}
	return files
}

func TestOurFilesSavedByASpreadsheetProgramAreReadAsTheyWere(t *testing.T) {
	t.Parallel()
	ours := ownFiles(t)
	texts, books := []string{"template.csv", "rejected.csv", "groups.csv"},
		[]string{"template.xlsx", "rejected.xlsx", "groups.xlsx"}
	const semicolons = "CSV:59,34,76,1" // as a French spreadsheet opens our files by itself
	files := []saving{
		{texts, semicolons, asCSV(';', 76, 0), "-csv.csv"},
		{texts, semicolons, asXLSX, "-csv.xlsx"},
		{books, "", asCSV(';', 76, 0), "-xlsx.csv"}, {books, "", asXLSX, "-xlsx.xlsx"},
	}
	for _, dir := range offices(t, ours, files...) {
		for _, s := range files {
			for _, name := range s.from {
				got := read(t, dir, s.made(name))
				// no people, so no import; but ids to copy from
				if strings.HasPrefix(name, "groups") {
					if got, want := table(t, got), table(t, ours[name]); !slices.EqualFunc(got,
						want, slices.Equal) {
						t.Errorf("%s, %s:\n got %q\nwant %q", dir, s.made(name), got, want)
					}
				} else if got, want := told(t, s.made(name), got, true), told(t, name, ours[name],
					true); got != want {
					t.Errorf("%s, %s:\n got %s\nwant %s", dir, s.made(name), got, want)
				}
			}
		}
	}
}

// table is the cells of any file, header and all.
func table(t *testing.T, b []byte) (all [][]string) {
	t.Helper()
	from, err := spreadsheet.Open(bytes.NewReader(b), int64(len(b)), spreadsheet.Options{
		IsHeader: newVocabulary(nil, nil).isHeader, IgnoreSheet: isValueSheet})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	for {
		rec, err := from.Next()
		if err != nil {
			return all
		}
		all = append(all, rec.Cells)
	}
}
