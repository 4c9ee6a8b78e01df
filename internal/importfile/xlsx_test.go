package importfile

import (
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestAWorkbookOfAnotherProgramIsRead(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	day := time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetRow("Sheet1", "A1", &[]any{"Nom", "Prénom", "E-mail", "Identifiant",
		"Envoyer les identifiants", "Fin d’accès", "Info", "postal", "Groupes"}))
	must(f.SetSheetRow("Sheet1", "A2", &[]any{"Lefèvre", "Anaïs & <Co>", "anais@example.org",
		33612345678, true, day, 0.1 + 0.2, 1234, "A|B"}))
	must(f.SetSheetRow("Sheet1", "A5", &[]any{"O'Neil", "", "o@example.org", 1.5, 0,
		day.Add(8*time.Hour + 30*time.Minute), "=1+1", 75001, nil}))
	zeros := "00000"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
	must(err)
	must(f.SetCellStyle("Sheet1", "H2", "H5", style))
	must(f.SetCellFormula("Sheet1", "I5", `"C|"&"D"`)) // never calculated
	must(f.SetCellRichText("Sheet1", "B5",
		[]excelize.RichTextRun{{Text: "Pa"}, {Text: "draig", Font: &excelize.Font{Bold: true}}}))
	_, err = f.NewSheet("Other")
	must(err)
	must(f.SetCellValue("Other", "A1", "Not a column"))

	rows := mustRead(t, saved(t, f), Field{Key: "postal", Name: "Code postal"})
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	a, b := rows[0], rows[1]
	if a.Number != 2 || a.LastName != "Lefèvre" || a.FirstName != "Anaïs & <Co>" ||
		a.Email != "anais@example.org" || a.Username != "33612345678" ||
		a.SendCredentials == nil || !*a.SendCredentials || !a.AccessExpiresAt.DateOnly ||
		!a.AccessExpiresAt.Time.Equal(day) ||
		a.AdditionalInfo != "0.3" || a.Fields["postal"] != "01234" || len(a.Groups) != 2 ||
		len(a.Errors) != 0 {
		t.Errorf("%+v", a)
	}
	if b.Number != 5 || b.LastName != "O'Neil" || b.FirstName != "Padraig" || b.Username != "1.5" ||
		*b.SendCredentials ||
		b.AccessExpiresAt.DateOnly || b.AccessExpiresAt.Time.Hour() != 8 ||
		b.AdditionalInfo != "=1+1" || b.Fields["postal"] != "75001" {
		t.Errorf("%+v", b)
	}
	if len(b.Errors) != 1 || b.Errors[0].Err.Message.Key != "importfile.formula_without_value" ||
		b.Errors[0].Column.Name != Groups {
		t.Errorf("%+v", b.Errors)
	}
}
