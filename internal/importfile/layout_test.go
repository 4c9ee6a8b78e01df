package importfile

import (
	"fmt"
	"strings"
	"testing"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// people are the rows of a file as "last/first/email" with the keys of their errors.
func peopleIn(rows []Row) []string {
	list := []string{}
	for _, r := range rows {
		s := r.LastName + "/" + r.FirstName + "/" + r.Email
		for _, e := range r.Errors {
			s += " " + strings.TrimPrefix(e.Err.Message.Key, "importfile.")
		}
		list = append(list, s)
	}
	return list
}

// BAT-1: a header is recognised in the first ten lines.
func TestAHeaderIsFoundInTheFirstTenLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in     string
		header int
	}{
		"at once":                  {"Last name,First name,E-mail\n%s", 1},
		"under a title":            {"Staff list 2026\nLast name,First name,E-mail\n%s", 2},
		"under a title and blanks": {"\n\nStaff list\n\n\nLast name,First name,E-mail\n%s", 6},
		"under a table's name":     {"Table 1\nLast name,First name,E-mail\n%s", 2},
		"under a known word":       {"Users\nLast name,First name,E-mail\n%s", 2},
		"under another known word": {"Groupe,,\nLast name,First name,E-mail\n%s", 2},
		"under a version":          {"version:v1.0,,,\nLast name,First name,E-mail\n%s", 2},
		"under a merged title":     {"Who,,How\nLast name,First name,E-mail\n%s", 2},
		"under an author":          {"Exported by admin@acme.test on 1 May\nLast name,First name,E-mail\n%s", 2},
		"in the tenth line": {strings.Repeat("x\n", 9) +
			"Last name,First name,E-mail\n%s", 10},
		"with brackets":           {"Last Name [Required],First Name [Required],Email Address [Required]\n%s", 1},
		"with words and stars":    {"* Last name *,First name (optional),EMAILS required\n%s", 1},
		"with what is required":   {"Last name - Required,First name : obligatoire,E-mail*\n%s", 1},
		"with ids in brackets":    {"Last name [lastName] Required,First name [firstName],E-mail [email] Required\n%s", 1},
		"twice, in two languages": {"Last name,First name,E-mail\nNom de famille,Prénom,E-mail\n%s", 1},
	} {
		r, err := openBytes(
			fmt.Appendf(nil, c.in, "Lovelace,Ada,ada@x.test\nHopper,Grace,grace@x.test\n"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		rows, err := rest(r)
		if err != nil || r.Reading().HeaderRow != c.header {
			t.Errorf("%s: header in row %d, %v", name, r.Reading().HeaderRow, err)
			continue
		}
		got := peopleIn(rows)
		if len(got) == 3 && got[0] == "Nom de famille/Prénom/E-mail header_again" {
			got = got[1:]
		}
		if fmt.Sprint(got) != "[Lovelace/Ada/ada@x.test Hopper/Grace/grace@x.test]" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAWorkbookWithATitleIsReadByItsHeader(t *testing.T) {
	t.Parallel()
	rows := mustRead(t, workbook(t, []any{"Staff of the year"}, []any{},
		[]any{"First name", "Last name", "E-mail"}, []any{"Ada", "Lovelace", "ada@x.test"}))
	if got := peopleIn(rows); fmt.Sprint(got) != "[Lovelace/Ada/ada@x.test]" {
		t.Errorf("%q", got)
	}
}

func TestAFileThatIsNotUnderstoodIsRefusedWithWhatWasSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, key, says string }{
		"a header in another language": {"Ism,Familiya\nNodi,Kari\n", "misfit_first",
			"row 1 may be one"},
		"names alone": {"Smith,James\nLee,Ann,ann@x.test\n",
			"misfit_first", "A (Smith), B (James)"},
		"another language, with addresses": {"Ism,Familiya,Pochta\nNodi,Kari,nodi@x.test\n",
			"header_unknown", "A (Ism), B (Familiya), C (Pochta)"},
		"one known name of four": {"Email, Badge, Shoe size, Shirt\na@x.test, Ada, 1, x\n",
			"unknown_columns", "B (Badge), C (Shoe size), D (Shirt)"},
		"unknown names after a blank":      {"Vorname;Nachname;E-Mail;Telefon\nAda;Lovelace;ada@x.test;1\n", "unknown_columns", "A (Vorname), B (Nachname), D (Telefon)"},
		"unknown header below a version":   {"version:v1.0,,,\nGast [inviteeEmail] Required,Ziel [inviteRedirectURL] Required,Senden [sendEmail]\na@x.test,https://x.test,TRUE\n", "header_unknown", "Ziel"},
		"an administrator's template":      {"First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Key Rotation [UPLOAD ONLY],Mail Store [Required]\nAda,Lovelace,ada@x.test,Sup3r-secret-word,,/Staff/Teachers\n", "unknown_columns", "E (Key Rotation [UPLOAD ONLY]), F (Mail Store [Required])"},
		"whole lines in quotes":            {"\"First name,Last name,E-mail\"\n\"Ada,Lovelace,ada@x.test\"\n", "whole_lines", "A (First name,Last name,E-mail)"},
		"whole lines in quotes, no header": {"\"Lovelace;Ada;ada@x.test\"\n\"Hopper;Grace;grace@x.test\"\n", "whole_lines", "Row 1"},
		"a heading over addresses": {"Contacts\na@x.test\nb@x.test\n",
			"header_unknown", "A (Contacts)"},
		"addresses first": {"ada@x.test,Ada\nbob@x.test,Bob\n",
			"misfit_name", "column A"},
		"an address as first name": {"Lovelace,ada@x.test,,\n", "misfit_name",
			"column B"},
		"no address where it belongs": {"Lovelace,Ada,London,ada@x.test\n",
			"misfit_email", "column C"},
		"a later row that does not fit": {"Lovelace,Ada,ada@x.test\nHopper,Grace,grace@x.test\nTotal: 2,,x\n", "misfit_email", "row 3"},
		"no flag": {"Lovelace,Ada,ada@x.test,new,please\n",
			"misfit_flag", "column E"},
		"no language": {"Lovelace,Ada,ada@x.test,new,1,,English please\n", "misfit_locale",
			"column G"},
		"nobody": {"Lovelace,Ada,ada@x.test\n,,,new\n",
			"misfit_nobody", "row 2"},
		"a tenth column": {"Lovelace,Ada,ada@x.test,,,,,,,x\n",
			"misfit_beyond", "column J"},
		"a second address": {"Lovelace,Ada,ada@x.test,,,,,boss@x.test\n",
			"misfit_address", "column H"},
		"a password among the labels": {"Lovelace,Ada,ada@x.test,Sup3r-secret-word\n",
			"misfit_secret", "column D"},
		"a person above the header":               {"Lovelace,Ada,ada@x.test\nLast name,First name,E-mail\nHopper,Grace,grace@x.test\n", "people_above_header", "in row 1"},
		"a person without address above a header": {"Lovelace,Ada,,,1,apozeiru,en\nLast name,First name,E-mail\nHopper,Grace,grace@x.test\n", "people_above_header", "in row 1"},
		"a header in the eleventh line": {strings.Repeat("x\n", 10) +
			"Last name,First name,E-mail\nHopper,Grace,grace@x.test\n", "misfit_first", "A (x)"},
		"two lines of header, both half": {"First,Last,E-mail\nname,name,address\nAda,Lovelace,ada@x.test\n", "double_column", "Columns A and B"},
		"a table of SQL": {"INSERT INTO users VALUES\n('Ada', 'ada@x.test');\n",
			"misfit_name", "row 2"},
	} {
		for _, ending := range []string{"\n", "\r\n", "\r"} {
			_, err := all([]byte(strings.ReplaceAll(c.in, "\n", ending)))
			f := refusedAs(t, err, c.key)
			if !strings.Contains(f.Error(), c.says) {
				t.Errorf("%s: %q does not say %q", name, f, c.says)
			}
			if strings.Contains(fmt.Sprintf("%+v %s %s", f, f.Message.In(i18n.French),
				f.Message.Args), "Sup3r") || strings.Contains(f.Error(), "apozeiru") {
				t.Errorf("%s: a password is shown: %v", name, f)
			}
		}
	}
}

// BAT-1: without a header the classic order is used.
func TestTheClassicSampleIsReadInItsOrder(t *testing.T) {
	t.Parallel()
	const sample = "Smith, James,, France | North, 1, apozeiru, en, Professional Photographer\n\n" +
		"Martin, Christopher,,, 0, lmozeirp, fr, ID 5162, 50eeb008202607fb68d441cb | 34eeb008202607fb68d441aa\n"
	r, err := openBytes([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rest(r)
	if err != nil || len(rows) != 2 || fmt.Sprint(rows[0].Labels,
		rows[1].Groups) != "[France North] [50eeb008202607fb68d441cb 34eeb008202607fb68d441aa]" ||
		rows[1].Password.Reveal() != "lmozeirp" || !rows[1].PasswordTrimmed ||
		rows[0].Locale != "en" || rows[1].AdditionalInfo != "ID 5162" {
		t.Errorf("%+v, %v", rows, err)
	}
	if is := r.Reading(); is.HeaderRow != 0 || is.Encoding != spreadsheet.UTF8 ||
		len(is.Warnings) != 1 ||
		is.Warnings[0].Key != "importfile.read_in_order" {
		t.Errorf("%+v", is)
	}
}

func TestSomebodyMaySayThatAFileHasNoHeader(t *testing.T) {
	t.Parallel()
	got := peopleIn(mustReadUnheaded(
		t, []byte("Smith,James\nLee,Ann,ann@x.test,Sup3r-secret-word\nLast name,First name,E-mail\na@x.test,Roe,x\nRoe,Rick,r@x.test,,,,,s@x.test\n")))
	want := "[Smith/James/ Lee/Ann/ann@x.test misfit_secret_cell Last name/First name/E-mail header_again /Roe/x cell_name_address Roe/Rick/r@x.test misfit_address_cell]"
	if fmt.Sprint(got) != want {
		t.Errorf("%q", got)
	}
}

func TestAHeaderInTheMidstIsNobody(t *testing.T) {
	t.Parallel()
	got := peopleIn(mustRead(
		t, []byte("Prénom,Nom\nAda,Lovelace\nPrénom,Nom\nGrace,Hopper\nFirst name,Last name\nNom,Dupont\n")))
	want := "[Lovelace/Ada/ Nom/Prénom/ header_again Hopper/Grace/ Last name/First name/ header_again Dupont/Nom/]"
	if fmt.Sprint(got) != want {
		t.Errorf("%q", got)
	}
}

func TestABareListOfAddressesIsRead(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"a@x.test\nb@x.test\n", "emails\na@x.test\nb@x.test\n",
		"\"Ada Lovelace <a@x.test>\"\nb@x.test\n", "E-MAILS *\na@x.test\nb@x.test\n"} {
		rows := mustRead(t, []byte(in))
		if len(rows) != 2 || !strings.Contains(rows[0].Email, "a@x.test") ||
			rows[1].Email != "b@x.test" || len(rows[0].Errors)+len(rows[1].Errors) > 0 {
			t.Errorf("%q: %+v", in, rows)
		}
	}
}

func TestANameWithAnAddressInItPutsItsRowInError(t *testing.T) {
	t.Parallel()
	got := peopleIn(mustRead(
		t, []byte("First name,Last name,E-mail\nada@x.test,Lovelace,ada@x.test\nAda,L@velace,ada@x.test\n")))
	if fmt.Sprint(got) != "[Lovelace//ada@x.test cell_name_address /Ada/ada@x.test cell_name_address]" {
		t.Errorf("%q", got)
	}
}
