package importfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestHiddenRowsAndOtherSheetsAreLeftOutAndTold(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for i, row := range [][]any{{"Nom", "E-mail"}, {"Doe", "a@x.test"}, {"Roe", "b@x.test"},
		{"Poe", "c@x.test"}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Class B", "Allowed values", "Secret"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetSheetVisible("Secret", false); err != nil {
		t.Fatal(err)
	}
	if err := f.SetRowVisible("Sheet1", 3, false); err != nil {
		t.Fatal(err)
	}
	r, err := openBytes(saved(t, f))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rest(r)
	if err != nil || len(rows) != 2 || rows[1].Email != "c@x.test" || rows[1].Number != 4 {
		t.Fatalf("%+v, %v", rows, err)
	}
	is := r.Reading()
	if is.Encoding != "" || is.Sheet != "Sheet1" || fmt.Sprint(is.SheetsLeftOut) != "[Class B]" ||
		is.HiddenRows != 1 || is.HeaderRow != 1 || len(is.Warnings) != 2 {
		t.Errorf("%+v", is)
	}
	for i, says := range []string{"“Sheet1” was read. Left out: Class B",
		"One hidden row was left out: 3"} {
		if got := is.Warnings[i].In("en"); !strings.Contains(got, says) {
			t.Errorf("%q does not say %q", got, says)
		}
	}
}

func TestATitleAboveTheHeaderIsTold(t *testing.T) {
	t.Parallel()
	r, err := openBytes([]byte("Staff\nNom,E-mail\nDoe,a@x.test\n"))
	if err != nil {
		t.Fatal(err)
	}
	if is := r.Reading(); len(is.Warnings) != 1 || is.Warnings[0].Key != "importfile.left_above" ||
		is.HeaderRow != 2 {
		t.Errorf("%+v", is)
	}
}
