package importfile

import "testing"

// A row of numbers and of "no" is about somebody; a second header names a column that is imported.
func TestOnlyAHeaderRepeatsTheHeader(t *testing.T) {
	t.Parallel()
	v := newVocabulary(nil, nil, activeHeaders...)
	for _, x := range []struct {
		cells []string
		want  bool
	}{
		{[]string{"3", "no"}, false}, {[]string{"12", "7", "No"}, false},
		{[]string{"Email", "First name"}, true}, {[]string{"No", "Nom", "Prénom"}, true},
		{[]string{"external id", "active"}, true}, {[]string{"Email", ""}, false},
		{[]string{"Email", "ann@acme.test"}, false}, {[]string{"Email", "Ann Lee"}, false},
	} {
		if got := v.repeatsHeader(x.cells); got != x.want {
			t.Errorf("%q repeats the header: %v", x.cells, got)
		}
	}
}
