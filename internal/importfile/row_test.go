package importfile

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

func TestACellThatCannotBeReadSpoilsItsRowAlone(t *testing.T) {
	t.Parallel()
	header := "E-mail;Langue;Envoyer les identifiants;Fin d’accès;Né le;Mot de passe;Infos complémentaires\n"
	fields := Field{Key: "born", Name: "Né le", Date: true}
	for _, c := range []struct{ row, column, key string }{
		{"a@example.org;klingon;;;;;", "B", "cell_locale"},
		{"a@example.org;en,fr;;;;;", "B", "cell_locale"},
		{"a@example.org;;maybe;;;;", "C", "cell_bool"},
		{"a@example.org;;;soon;;;", "D", "cell_date"},
		{"a@example.org;;;;12/31/2026;;", "E", "cell_date"},
		{"a@example.org;;;;;;bell \a", "G", "cell_unreadable"},
		{"a@example.org;;;;;;\u0085", "", ""}, // white space, which a cell may consist of
		{"a@example.org;;;;;;x\u0085y", "G", "cell_unreadable"},
		{"a@example.org;;;;;;" + strings.Repeat("é", spreadsheet.MaxCell) + "", "", ""},
		{"a@example.org;;;;;;" + strings.Repeat("é", spreadsheet.MaxCell+1), "G", "cell_too_long"},
		{"a@example.org;;;;;;#N/A", "G", "cell_formula"},
		{"a@example.org;;;;;;#VALEUR!", "G", "cell_formula"},
		{"a@example.org;;;;;;#hashtag", "", ""},
		{"a@example.org;;;;;#N/A;", "", ""}, // a password may be anything
		{"a@example.org;;;;;;\"two\r\n\tlines\"", "", ""},
		{"a@example.org;;;;;;;;over", "I", "cell_beyond"},
	} {
		rows := mustRead(t, []byte(header+"z@example.org\n"+c.row+
			"\nb@example.org;fr;oui;31/12/2026;1.2.1990;;x"), fields)
		if len(rows) != 3 || len(rows[0].Errors) != 0 || len(rows[2].Errors) != 0 ||
			rows[2].Fields["born"] != "1990-02-01" {
			t.Fatalf("%q: %+v", c.row, rows)
		}
		got := rows[1].Errors
		if c.key == "" {
			if len(got) != 0 {
				t.Errorf("%q: %s", c.row, got[0].In(i18n.English))
			}
			continue
		}
		if len(got) != 1 || got[0].Column.Letter() != c.column ||
			got[0].Err.Message.Key != "importfile."+c.key ||
			got[0].Err.Field != got[0].Column.Path() {
			t.Errorf("%q: %+v", c.row, got)
			continue
		}
		for _, l := range i18n.Locales {
			said := got[0].In(l)
			if !strings.Contains(said, " "+c.column) || strings.Contains(said, "importfile.") ||
				strings.Contains(said, "<no value>") {
				t.Errorf("%s: %q", l, said)
			}
		}
	}
}

func TestAnErrorNamesItsColumnByLetterAndHeader(t *testing.T) {
	t.Parallel()
	rows := mustRead(t, []byte("E-mail;Langue\na@example.org;klingon;x"))
	if got := rows[0].Errors[0].In(
		i18n.English); got != "Column B (Langue): This is not a language Usher speaks. Write en or fr." {
		t.Error(got)
	}
	if got := rows[0].Errors[1].In(i18n.French); !strings.HasPrefix(got,
		"La colonne C n’a pas de nom") {
		t.Error(got)
	}
	rows = mustReadUnheaded(t, []byte("Doe;Jane;a@example.org;;maybe"))
	if got := rows[0].Errors[0].In(i18n.English); !strings.HasPrefix(got,
		"Column E (Send credentials): ") {
		t.Error(got)
	}
}

func TestNoErrorAndNoPrintedRowShowsAPassword(t *testing.T) {
	t.Parallel()
	const hidden = "hunter2-hunter2"
	// In the second row the password slipped by a column, where it is a bad language.
	rows := mustReadUnheaded(t, []byte("Doe,Jane,a@example.org,,1,"+hidden+
		",fr\nDoe,Jr.,Jane,a@example.org,,1,"+hidden+",fr,x,y,z"))
	printed := fmt.Sprintf("%v %+v %#v", rows[0], rows[0], rows[0].Errors)
	if strings.Contains(printed, hidden) || rows[0].Password.Reveal() != hidden ||
		rows[0].Cells[5] != "" {
		t.Error(printed)
	}
	if len(rows[1].Errors) < 2 {
		t.Fatalf("%+v", rows[1].Errors)
	}
	for _, e := range rows[1].Errors {
		if strings.Contains(e.In(i18n.English)+fmt.Sprintf("%+v", e.Err), hidden) {
			t.Errorf("%+v", e)
		}
	}
}

func TestARowPutAsideIsParsedAsItWasRead(t *testing.T) {
	t.Parallel()
	r, err := openBytes(
		[]byte("E-mail;Groupes;Né le;Mot de passe;Fin d’accès;Langue\na@example.org;A|B;1/2/1990;pw;31/12/2026;fr"),
		Field{Key: "born", Name: "Né le", Date: true})
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.Join(want.Cells, ""), "pw") || want.Hidden[3].Reveal() != "pw" {
		t.Errorf("the password is not put aside by itself: %q", want.Cells)
	}
	want.exactPassword = true // its blanks are gone already
	if got := Parse(r.Columns(), want.Number, want.Cells, want.Hidden); !reflect.DeepEqual(got,
		want) || got.Fields["born"] != "1990-02-01" {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestThePasswordOfAFileLosesTheBlanksAroundIt(t *testing.T) {
	t.Parallel()
	file := []byte("email,password\na@example.org,\"  two, words \"\nb@example.org,'=1+1\nc@example.org,   \nd@example.org, blank\ne@example.org,\u00a0x\u00a0y ")
	for _, c := range []struct {
		exact bool
		want  []string
	}{{false, []string{"two, words", "=1+1", "", "blank", "x\u00a0y"}},
		{true, []string{"  two, words ", "=1+1", "", " blank", "\u00a0x\u00a0y "}}} {
		r, err := Open(bytes.NewReader(file), int64(len(file)), Options{ExactPasswords: c.exact})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := rest(r)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			got := rows[i]
			if got.Password.Reveal() != want || got.PasswordTrimmed != (!c.exact && i != 1 &&
				i != 2) || got.Cells[min(1, len(got.Cells)-1)] != "" && len(got.Cells) > 1 {
				t.Errorf("%q trimmed %v, want %q", got.Password.Reveal(), got.PasswordTrimmed, want)
			}
			if again := Parse(r.Columns(), got.Number, got.Cells,
				got.Hidden); again.Password.Reveal() != want {
				t.Errorf("%q put aside is %q", want, again.Password.Reveal())
			}
		}
	}
}

func TestYesAndNoAreUnderstoodInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1", "yes", "OUI", "True", "vrai", "x", "X", "o", "y"} {
		if b, ok := parseBool(s); !ok || !b {
			t.Errorf("%s is not yes", s)
		}
	}
	for _, s := range []string{"0", "no", "NON", "false", "Faux", "n"} {
		if b, ok := parseBool(s); !ok || b {
			t.Errorf("%s is not no", s)
		}
	}
	for _, s := range []string{"", "2", "10", "maybe", "-", "ouin"} {
		if _, ok := parseBool(s); ok {
			t.Errorf("%s is taken for an answer", s)
		}
	}
}

func TestLanguagesAreUnderstoodByTagAndName(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]i18n.Locale{
		"fr": "fr", "FR": "fr", "fr-CA": "fr", "fr_FR": "fr", "Français": "fr", "FRENCH": "fr",
		"anglais": "en", "en-GB": "en", "English": "en",
		"klingon": "", "de": "", "fr;q=0.5": "", "en,fr": "", "*": "", "1": "",
	} {
		if got, ok := parseLocale(s); got != want && ok || ok != (want != "") {
			t.Errorf("%s is %s, %v", s, got, ok)
		}
	}
}

func TestDatesAreReadDayBeforeMonth(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	for s, want := range map[string]string{
		"2026-12-31":                "2026-12-31T23:59:59.999999+01:00",
		"2026-1-2":                  "2026-01-02T23:59:59.999999+01:00",
		"2026/01/02":                "2026-01-02T23:59:59.999999+01:00",
		"31/12/2026":                "2026-12-31T23:59:59.999999+01:00",
		"03/04/2026":                "2026-04-03T23:59:59.999999+01:00",
		"3.4.2026":                  "2026-04-03T23:59:59.999999+01:00",
		"03-04-2026":                "2026-04-03T23:59:59.999999+01:00",
		"2026-12-31T08:30":          "2026-12-31T08:30:00+01:00",
		"2026-12-31 08:30:15":       "2026-12-31T08:30:15+01:00",
		"31/12/2026 08:30":          "2026-12-31T08:30:00+01:00",
		"2026-12-31T08:30:15Z":      "2026-12-31T08:30:15Z",
		"2026-12-31T08:30:15-05:00": "2026-12-31T08:30:15-05:00",
		"2026-12-31T00:00:00.000Z":  "2026-12-31T00:00:00Z",
		"12/31/2026":                "", "29/02/2026": "", "31.12.26": "", "2026": "", "soon": "",
		"0001-01-01": "", "1899-12-31": "",
		"2026-12-31T25:00": "", "08:30": "", "2026-W01-1": "", "46023": "", "20261231": "",
	} {
		w, ok := parseWhen(s, false)
		got := ""
		if ok {
			got = w.In(zone).Format(time.RFC3339Nano)
		}
		if got != want || ok && (w.IsZero() || w.DateOnly != !strings.ContainsAny(s, "T ")) {
			t.Errorf("%s is %q, not %q", s, got, want)
		}
	}
	if !(When{}).IsZero() || !(When{}).In(zone).IsZero() {
		t.Error("no date is a date")
	}
}

func TestADayEndsWhereTheClocksChangeToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ day, zone, want string }{
		{"2026-10-25", "Europe/Paris", "2026-10-25T22:59:59.999999Z"},
		{"2026-09-05", "America/Santiago", "2026-09-06T03:59:59.999999Z"}, // midnight is skipped
		{"2026-04-04", "America/Santiago", "2026-04-05T03:59:59.999999Z"}, // 23:00 comes twice
		{"2026-03-07", "America/Havana", "2026-03-08T04:59:59.999999Z"},
		{"2026-04-23", "Africa/Cairo", "2026-04-23T21:59:59.999999Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		w, _ := parseWhen(c.day, false)
		if got := w.In(zone).UTC().Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s in %s ends %s, not %s", c.day, c.zone, got, c.want)
		}
	}
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3.5": "3.5", "3,5": "3.5", "-0,25": "-0.25", "1 234": "1234", "1\u202f234,5": "1234.5",
		"1\u00a0234": "1234", "1'234": "1234", "1,234.5": "1234.5", "1,234,567": "1234567",
		"42": "42", "+7": "+7", "3174012345670003": "3174012345670003", "0,1234": "0.1234",
		// Nobody can tell, so a person has to.
		"1,234": "1,234", "1.234,5": "1.234,5", "about 3": "about 3", "": "",
	} {
		if got := readNumber(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	rows := mustRead(t, []byte("Email;Size\nada@x.test;3,5\n"),
		Field{Key: "size", Name: "Size", Number: true})
	if rows[0].Fields["size"] != "3.5" {
		t.Errorf("%+v", rows)
	}
}

func TestTheOrderOfDayAndMonthIsToldAndChosen(t *testing.T) {
	t.Parallel()
	const in = "Email,Access expires\na@x.test,2027-05-06\nb@x.test,5/5/2027\nc@x.test,03/04/2027\n"
	for _, c := range []struct {
		monthFirst bool
		want, says string
	}{{false, "2027-04-03", "“03/04/2027” was read as 2027-04-03"},
		{true, "2027-03-04", "“03/04/2027” was read as 2027-03-04"}} {
		r, err := openChosen(in, Options{MonthFirst: c.monthFirst})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := rest(r)
		if err != nil || rows[2].AccessExpiresAt.Time.Format(isoDate) != c.want ||
			rows[0].AccessExpiresAt.Time.Format(isoDate) != "2027-05-06" {
			t.Errorf("%+v %v", rows, err)
		}
		if said := r.Reading().Warnings; len(said) != 1 ||
			!strings.Contains(said[0].In("en"), c.says) {
			t.Errorf("%v", said)
		}
		// A stored row is read again in the same order.
		again := Parse(r.Columns(), 4, rows[2].Cells, nil)
		if again.AccessExpiresAt != rows[2].AccessExpiresAt {
			t.Errorf("%+v", again)
		}
	}
	r, err := openChosen("Email,Access expires\na@x.test,12/31/2027\n", Options{MonthFirst: true})
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := rest(r); len(rows[0].Errors) > 0 || len(r.Reading().Warnings) > 0 {
		t.Errorf("%+v", rows)
	}
}
