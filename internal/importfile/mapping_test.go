package importfile

import (
	"bytes"
	"strings"
	"testing"
)

func openChosen(in string, o Options) (*Reader, error) {
	return Open(bytes.NewReader([]byte(in)), int64(len(in)), o)
}

func TestColumnsAreWhatTheUploaderChooses(t *testing.T) {
	t.Parallel()
	fields := []Field{{Key: "badge", Name: "Badge"}, {Key: "since", Name: "Since", Date: true}}
	const in = "Ismi;Pochta;Raqam;Kun;Izoh\nAda Lovelace;ada@x.test;7;2/1/2026;secret\n"
	chosen := []ColumnChoice{{Column: "ismi", Name: FullName}, {Column: "B", Name: Email},
		{Column: "RAQAM", Name: CustomField, Key: "badge"}, {Column: "D", Name: CustomField, Key: "since"},
		{Column: "E"}}
	r, err := openChosen(in, Options{Fields: fields, Choices: chosen})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rest(r)
	if err != nil || len(rows) != 1 || describe(rows[0]) != "Ada|Lovelace|ada@x.test" ||
		rows[0].Fields["badge"] != "7" || rows[0].Fields["since"] != "2026-01-02" {
		t.Fatalf("%+v %v", rows, err)
	}
	// A stored row is read again with the same columns.
	again := Parse(r.Columns(), 2, rows[0].Cells, rows[0].Hidden)
	if describe(again) != describe(rows[0]) || again.Fields["since"] != "2026-01-02" {
		t.Errorf("%+v", again)
	}

	// What the header would mean otherwise does not count.
	r, err = openChosen("Email,Mail\na@x.test,b@x.test\n",
		Options{Choices: []ColumnChoice{{Column: "A"}}})
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := rest(r); rows[0].Email != "b@x.test" {
		t.Errorf("%+v", rows)
	}
}

func TestColumnsOfAFileWithoutHeaderAreChosenByTheirLetters(t *testing.T) {
	t.Parallel()
	r, err := openChosen("ada@x.test,London,Ada\nbob@x.test,Paris,Bob,x\n", Options{
		Header: HeaderNone, Choices: []ColumnChoice{{Column: "C", Name: FirstName},
			{Column: "a", Name: Email}}})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rest(r)
	if err != nil || len(rows) != 2 || describe(rows[0]) != "Ada||ada@x.test" ||
		describe(rows[1]) != "Bob||bob@x.test" {
		t.Errorf("%+v %v", rows, err)
	}
}

func TestUnknownColumnsAreLeftOutByChoice(t *testing.T) {
	t.Parallel()
	const in = "Email,Shoe size,Badge\nada@x.test,40,7\n"
	r, err := openChosen(in, Options{Unknown: UnknownIgnore})
	if err != nil {
		t.Fatal(err)
	}
	if said := r.Reading().Warnings; len(said) != 1 ||
		!strings.Contains(said[0].In("fr"), "B (Shoe size), C (Badge)") {
		t.Errorf("%v", said)
	}
	if _, err := openChosen("Shoe size,Badge\n40,7\n", Options{Unknown: UnknownIgnore}); err == nil {
		t.Error("a file without a person was read")
	}
}

func TestTheChoicesOfALayoutAreRecalled(t *testing.T) {
	t.Parallel()
	const in = "Ismi,Pochta,Reasons for rejection\nAda Lovelace,ada@x.test,wrong\n"
	asked := ""
	o := Options{Recall: func(layout string) []ColumnChoice {
		asked = layout
		return []ColumnChoice{{Column: "Ismi", Name: FullName}, {Column: "Pochta", Name: Email}}
	}}
	r, err := openChosen(in, o)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := rest(r)
	if asked != "ismi\npochta" || r.Layout() != asked || len(rows) != 1 ||
		describe(rows[0]) != "Ada|Lovelace|ada@x.test" || !r.Reading().Recalled {
		t.Errorf("%q %q %+v", asked, r.Layout(), rows)
	}
	// What the uploader chooses now comes before what they chose once.
	o.Choices = []ColumnChoice{{Column: "Pochta", Name: Email}, {Column: "Ismi"}}
	if r, err = openChosen(in, o); err != nil || r.Reading().Recalled {
		t.Error(err)
	}
}

func TestAnInspectionShowsWhatAFileHolds(t *testing.T) {
	t.Parallel()
	inspect := func(in string) *Inspection {
		is, err := Inspect(bytes.NewReader([]byte(in)), int64(len(in)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	is := inspect("Prenm;Ort;Fax;Pochta;mot de passe perso\nAda;London;1;ada@x.test;onlyletters\n" +
		"Bob;London;;bob@x.test;Sup3r-secret-word\n")
	if is.Delimiter != ';' || is.Reading.HeaderRow != 1 || len(is.Columns) != 5 {
		t.Fatalf("%+v", is)
	}
	first, town, fax, mail, secret := is.Columns[0], is.Columns[1], is.Columns[2], is.Columns[3],
		is.Columns[4]
	switch {
	case first.Recognized, first.Suggested.Name != FirstName,
		strings.Join(first.Samples, "+") != "Ada+Bob":
		t.Errorf("%+v", first)
	case town.Recognized, town.Suggested.Name != Unnamed, len(town.Samples) != 1:
		t.Errorf("%+v", town)
	case !fax.Recognized, fax.Name != Ignored:
		t.Errorf("%+v", fax)
	case mail.Suggested.Name != Email:
		t.Errorf("%+v", mail)
	case strings.Join(secret.Samples, "+") != "…":
		t.Errorf("%+v", secret)
	}

	// Nobody knows the columns: they are shown by their letters.
	is = inspect("ada@x.test,Ada,x\nbob@x.test,Bob,y\n")
	if len(is.Columns) != 3 || is.Columns[0].Recognized || is.Columns[0].Suggested.Name != Email ||
		is.Columns[2].Letter() != "C" || is.Reading.HeaderRow != 0 {
		t.Errorf("%+v", is)
	}
}

func TestALetterIsNoHeader(t *testing.T) {
	t.Parallel()
	choices := []ColumnChoice{{Column: "A", Name: Username}, {Column: "B", Name: Labels},
		{Column: "C", Name: Groups}}
	// The cells of the second line are letters that were chosen.
	r, err := openChosen("Taxallus,Baho,Guruh,Username,Email\nA,B,C,x,\n",
		Options{Choices: append(choices, ColumnChoice{Column: "D"})})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := rest(r); err != nil || len(rows) != 1 ||
		describe(rows[0]) != "|| user=A groups=C labels=B" {
		t.Errorf("%+v %v", rows, err)
	}
	// A header that is called like a letter counts before it.
	r, err = openChosen("Email,A\nann@x.test,Ann\n",
		Options{Choices: []ColumnChoice{{Column: "A", Name: FirstName}}})
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := rest(r); describe(rows[0]) != "Ann||ann@x.test" {
		t.Errorf("%+v", rows)
	}
}
