package spreadsheet

import "testing"

func TestColumnsHaveTheLettersOfASpreadsheet(t *testing.T) {
	t.Parallel()
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ",
		702: "AAA", 16_383: "XFD"} {
		if got := ColumnLetter(i); got != want {
			t.Errorf("%d is %s, not %s", i, got, want)
		}
		if back, err := parseCellReference([]byte(want+"7"), -1); err != nil || back != i {
			t.Errorf("%s is %d, %v", want, back, err)
		}
	}
}
