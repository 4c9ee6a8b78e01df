package address

import "testing"

func mustParse(t *testing.T, s string) Address {
	t.Helper()
	a, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAMisspeltPopularDomainIsSuggested(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Jane@gmial.com": "Jane@gmail.com", "a@gmail.co": "a@gmail.com",
		"a@gmaill.com": "a@gmail.com", "a@gnail.com": "a@gmail.com", "a@hotmial.fr": "a@hotmail.fr",
		"a@yaho.com": "a@yahoo.com", "a@oultook.com": "a@outlook.com",
		"a@gmail.com": "", "a@ymail.com": "", "a@mail.com": "", "a@example.org": "",
		"a@gmil.co": "", "a@sub.gmial.com": "", "a@free.fr": "", "a@tree.fr": "",
	} {
		if got := mustParse(t, typed).Suggest(); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

func TestPlusTagsAreOfOnePersonAndDotsAreNot(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Jane+news@x.org": "jane@x.org", "jane@x.org": "jane@x.org",
		"jane+a+b@x.org": "jane@x.org", "j.ane@x.org": "j.ane@x.org", "+jane@x.org": "+jane@x.org",
	} {
		if got := mustParse(t, typed).PersonKey(); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

func TestADomainThatLooksLikeAnotherIsTold(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"b@\u0430pple.test": true, "b@\u0430\u0440\u0440\u04cf\u0435.test": true,
		"b@xn--pple-43d.test": true, "b@münchen.test": false, "b@пример.test": false,
		"b@example.org": false, "b@日本.test": false,
	} {
		if got := mustParse(t, typed).LooksLikeAnother(); got != want {
			t.Errorf("%s: %v", typed, got)
		}
	}
}
