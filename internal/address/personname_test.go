package address

import (
	"strings"
	"testing"
)

func TestADisplayNameIsUsedOnlyIfItIsTheNameOfAPerson(t *testing.T) {
	t.Parallel()
	for display, want := range map[string]string{
		"Jane Doe": "Jane|Doe", "Jane van Doe": "Jane|van Doe", "Doe, Jane": "Jane|Doe",
		"van der Berg, Jan-Pieter": "Jan-Pieter|van der Berg",
		"Hopper, Grace M.":         "Grace M.|Hopper",
		"Jane":                     "Jane|", "jane doe": "jane|doe",
		"J.-P. d'Artagnan": "J.-P.|d'Artagnan",
		"O’Brien, Pat":     "Pat|O’Brien", "Jack Ma": "Jack|Ma", "LOVELACE, ADA": "ADA|LOVELACE",
		"JACK MA": "JACK|MA", "Иван Иванов": "Иван|Иванов", "田中太郎": "田中太郎|",
		"Ngọc Anh Nguyễn": "Ngọc|Anh Nguyễn", "Kaʻiulani Cleghorn": "Kaʻiulani|Cleghorn",
		"DeShawn McDonald": "DeShawn|McDonald",
		"María José":       "María|José", "Gal·la Vidal": "Gal·la|Vidal", "J. Roe": "J.|Roe",
		"Sá, Maria": "Maria|Sá",
	} {
		if first, last := SplitPersonName(display); first+"|"+last != want {
			t.Errorf("%s: %q %q, want %s", display, first, last, want)
		}
	}
	for _, display := range []string{
		"", "Jane Roe, MSc", "Bob Bar, PhD", "Bob Bar, Ph.D.", "Joe Foo, Jr.", "Joe Foo Jr.",
		"Joe Foo III", "Jane Roe MD", "Roe, Jane, PhD", "Jane Roe, B.A.", "Jane Roe, CISA",
		"JANE ROE, PHD",
		"Acme, Inc.", "Acme Inc.", "Acme GmbH", "Acme SA", "Acme Ltd", "Sales Team", "Support",
		"HR", "info", "Service Client", "The Board",
		"Jane Roe - Acme 2", "Yahoo!", "Jane & Bob", "Jane/Bob", "jane.roe",
		"Jane.Roe", "www.acme.test", "Dr. Jane Roe", "Mme Dupont", "M. Dupont", "Prof. Dr. Roe",
		"Jane Roe 2", "#1 Fan",
		"Roe; R.", "Jane Roe via Docs", "-", ",", "Doe,", ", Jane",
		"one two three four five six seven", "😀 Jane", "Université de Lyon",
	} {
		if first, last := SplitPersonName(display); first != "" || last != "" {
			t.Errorf("%s: %q %q", display, first, last)
		}
	}
}

func TestTheSpellingOfAPastedNameIsNeverChanged(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`Jane Doe (DE) <jane@x.org>`: "Jane Doe", `Jane (HR) <jane@x.org>`: "Jane",
		`"Jane Doe" (DE) <jane@x.org>`: "Jane Doe", `"Jane Doe (DE)" <jane@x.org>`: "Jane Doe",
		`Doe, Jane (DE) <jane@x.org>`: "Jane Doe", `"Doe, Jane (DE)" <jane@x.org>`: "Jane Doe",
		`Jane Doe (Paris, FR) <jane@x.org>`: "Jane Doe", `Jane Doe [extern] <jane@x.org>`: "Jane Doe",
		`Jane Doe (DE <jane@x.org>`: "", `Jane Doe DE) <jane@x.org>`: "",
		`Yahoo! <a@x.org>`: "", `Pat "Paddy" Roe <a@x.org>`: "Pat Roe",
		`"Pat \"Paddy\" Roe" <a@x.org>`: "Pat Roe", `A\B Roe <a@x.org>`: "",
		"می\u200cخواهم <a@x.org>": "", `'Jane Roe' <a@x.org>`: "Jane Roe",
		`"Jane Roe" <a@x.org>`: "Jane Roe", "“Jane Roe” <a@x.org>": "Jane Roe",
		"(Jane Roe) <a@x.org>": "Jane Roe",
		"• Jane Roe <a@x.org>": "Jane Roe", "To: Jane Roe <a@x.org>": "Jane Roe",
		"Jane\tRoe <a@x.org>": "Jane Roe", "Jane Roe, MSc <a@x.org>": "",
		"O'Neil, Pat <a@x.org>": "Pat O'Neil",
		"Jane Roe? <a@x.org>":   "", "Jane Roe’ <a@x.org>": "Jane Roe",
	} {
		entries := ParseList(in)
		e := entries[len(entries)-1]
		first, last := SplitPersonName(e.Address.Name)
		if got := strings.TrimSpace(first + " " + last); e.Err != nil || got != want {
			t.Errorf("%s: %q (of %q), want %q", in, got, e.Address.Name, want)
		}
	}
}
