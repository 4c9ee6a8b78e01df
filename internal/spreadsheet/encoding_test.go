package spreadsheet

import "testing"

func TestTheEncodingOfFewLettersIsGuessed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		word string
		want Encoding
	}{
		"an Irish name": {"Last name,E-mail\r\nO\x92Brien,o@x.test\r\nD\x92Arc,d@x.test\r\n",
			Windows1252},
		"a dash":     {"Last name,E-mail\r\nSmith\x96Jones,o@x.test\r\n", Windows1252},
		"Spanish":    {"Last name,E-mail\r\nMu\x96oz,o@x.test\r\n", MacRoman},
		"a Mac's O’": {"Last name,E-mail\rO\xd5Brien,o@x.test\r", MacRoman},
		"Swedish": {"Last name,E-mail\r\n\x80str\x9am,o@x.test\r\nSj\x9agren,s@x.test\r\n",
			MacRoman},
		"Windows’ Š": {"Last name,E-mail\r\n\x8aimi\xe6,o@x.test\r\nDvo\xf8\xe1k,s@x.test\r\n",
			Windows1252},
	} {
		r, err := openBytes([]byte(c.word))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.Encoding() != c.want {
			t.Errorf("%s: %v", name, r.Encoding())
		}
	}
}
