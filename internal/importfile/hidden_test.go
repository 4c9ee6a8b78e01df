package importfile

import (
	"fmt"
	"strings"
	"testing"
)

func TestPasswordsAreToldFromWordsCodesAndDates(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"Sup3r-secret-word", "hunter2-hunter2", "xK9#mP2$", "Welcome2026!", "P@ssw0rd", "k3v9x2pq",
		"c0rrect-h0rse", "Tr0ub4dor&3", "aB3$aB3$aB3$", "France|Sup3r-secret-word",
		"pässw0rt!", "zX81zX81q",
	} {
		if !looksLikeSecret(s) {
			t.Errorf("%s is not seen", s)
		}
	}
	for _, s := range []string{
		"", "new", "France | North", "Promo-2026", "Class-2B-2026", "Promotion2026", "2026-12-31",
		"2026-12-31T10:00:00Z", "31/12/2026", "+33 6 12 34 56 78", "ID 5162",
		"50eeb008202607fb68d441cb", "grp_01jv0000000000000000000000", "https://x.test/A1b2C3d4",
		"ada.lovelace@x.test", "R&D", "Sales/North-2", "@SUM(A1)", "Floor 3, left",
		"Professional Photographer", "XS-2026-Q3", "12345678901234", "FR7612345987650123456789014",
		"/Staff/Teachers", "Jean-François", "O’Brien-Smith", "B2B", "v1.0.12",
	} {
		if looksLikeSecret(s) {
			t.Errorf("%s is taken for a password", s)
		}
	}
}

func TestTheNameOfAPasswordIsKnownInManyLanguages(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Passwort", "Kennwort *", "contraseña", "Mot de passe provisoire",
		"PASSWORD [required]", "пароль", "密码", "hasło", "PIN code", "Temp password",
		"WLAN-Kennwort", "mdp"} {
		if !isSecretColumnName(s) {
			t.Errorf("%s is not seen", s)
		}
	}
	for _, s := range []string{"Passport", "Size", "Code", "Pinboard", "Badge"} {
		if isSecretColumnName(s) {
			t.Errorf("%s is taken for one", s)
		}
	}
}

func TestWhatLooksLikeAPasswordIsHiddenWhateverItsColumnIsCalled(t *testing.T) {
	t.Parallel()
	const secret = "Sup3r-secret-word"
	fields := []Field{{Key: "wifi", Name: "Kennwort"}, {Key: "code", Name: "Code"}}
	for name, c := range map[string]struct {
		in   string
		keep bool // the row is good, and means it so
	}{
		"the password":            {"E-mail,Password\na@x.test," + secret, true},
		"a question called so":    {"E-mail,Kennwort\na@x.test," + secret, true},
		"a weak one there":        {"E-mail,Kennwort\na@x.test,Sup3r", true},
		"another question":        {"E-mail,Code\na@x.test," + secret, true},
		"labels":                  {"E-mail,Labels\na@x.test,new|" + secret, true},
		"additional information":  {"E-mail,Info\na@x.test," + secret, true},
		"a column without a name": {"E-mail,Nom,\na@x.test,Doe," + secret, false},
		"beyond the columns":      {"E-mail,Nom\na@x.test,Doe," + secret, false},
		"a slip into the language": {"Nom,E-mail,Password,Language\nDoe,,a@x.test," + secret +
			",fr", false},
		"a slip into the groups": {"Nom,E-mail,Password,Groups\nDoe,,a@x.test," + secret +
			",North", false},
		"a slip into a flag": {"Nom,E-mail,Send credentials,Password\nDoe a@x.test,1," +
			secret, false},
		"a weak one, slipped":          {"Nom,E-mail,Password,Language\nDoe,,a@x.test,Sup3ring,fr", false},
		"a weak one, slipped back":     {"Nom,E-mail,Send credentials,Password,Language\nDoe;a@x.test,1,Sup3ring,fr", false},
		"as an address":                {"E-mail,Language\n" + secret + ",xx", false},
		"as a name, in a row in error": {"Nom,Language\n" + secret + ",xx", false},
	} {
		rows, err := all([]byte(c.in), fields...)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %v, %v", name, rows, err)
			continue
		}
		row := rows[0]
		if strings.Contains(strings.Join(row.Cells, "|"), "Sup3r") ||
			strings.Contains(fmt.Sprintf("%v %+v", row.Hidden, row.Errors), "Sup3r") {
			t.Errorf("%s: it stands in the cells: %q", name, row.Cells)
		}
		if c.keep == (len(row.Errors) > 0) || c.keep &&
			!strings.Contains(strings.Join(whole(row), "|"), "Sup3r") {
			t.Errorf("%s: %+v", name, row)
		}
	}
}

func TestARowInErrorKeepsWhatIsNoPassword(t *testing.T) {
	t.Parallel()
	rows := mustRead(
		t, []byte("Nom,E-mail,Password,Groups,Language\nDoe,a@x.test,long enough,Sales team,xx\nDoe,a@x.test,,A|B,xx\nDoe,a@x.test,pw,Northern,xx\n"))
	if got := fmt.Sprintf("%q", [][]string{rows[0].Cells, rows[1].Cells, rows[2].Cells}); got !=
		`[["Doe" "a@x.test" "" "Sales team" "xx"] ["Doe" "a@x.test" "" "A|B" "xx"] ["Doe" "a@x.test" "" "Northern" "xx"]]` {
		t.Error(got)
	}
}
