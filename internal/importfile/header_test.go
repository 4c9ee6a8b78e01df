package importfile

import (
	"strings"
	"testing"

	"usher/internal/i18n"
)

// names are the paths of a file's columns.
func names(r *Reader) string {
	var list []string
	for _, c := range r.Columns() {
		list = append(list, c.Path())
	}
	return strings.Join(list, " ")
}

func TestHeadersAreKnownInBothLanguagesHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	fields := []Field{{Key: "badge_no", Name: "Numéro de badge"}, {Key: "service", Name: "Service"}}
	for header, want := range map[string]string{
		"lastName,firstName,email":                      "lastName firstName email",
		"last_name,FIRST NAME,E-MAIL":                   "lastName firstName email",
		"Nom,Prénom,Courriel":                           "lastName firstName email",
		"NOM DE FAMILLE,prenom,Adresse e-mail":          "lastName firstName email",
		"Groupes,Étiquettes,Mot de passe,Nom":           "groups labels password lastName",
		"E-mail *,Langue,Rôles,Unité":                   "email locale roles orgUnit",
		"email,Envoyer les identifiants (0/1)":          "email sendCredentials",
		"Username,sessions,Access expires,roles":        "username sessions accessExpiresAt roles",
		"Identifiant,Fin d'accès,Infos complémentaires": "username accessExpiresAt additionalInfo",
		"e-mail,badge_no,Service":                       "email customFields.badge_no customFields.service",
		"e-mail,NUMERO DE BADGE":                        "email customFields.badge_no",
		"e-mail,Motifs du rejet,nom":                    "email lastName",
		"Reasons for rejection,e-mail":                  "email",
		"email,,nom,,":                                  "email  lastName",
		"Email":                                         "email",
	} {
		r, err := openBytes([]byte(header+"\n"), fields...)
		if err != nil || names(r) != want || !r.HasHeader() {
			t.Errorf("%s: %v, want %s", header, err, want)
		}
	}
	for _, l := range i18n.Locales {
		r, err := openBytes([]byte(strings.Join(Header(l, fields), ";")), fields...)
		if err != nil || len(r.Columns()) != len(Columns())+len(fields) ||
			r.Columns()[0].Name != LastName {
			t.Errorf("%s: the template's own header: %v", l, err)
		}
	}
}

func TestWithoutAHeaderTheClassicOrderHolds(t *testing.T) {
	t.Parallel()
	const in = "Doe,Jane,jane@example.org,a|b,1,s3cret,fr,Floor 3,North|South\nLangue,Pierre\nRôle,Groupe Jr,x@example.org"
	r, err := openBytes([]byte(in))
	if err != nil || r.HasHeader() ||
		names(r) != "lastName firstName email labels sendCredentials password locale additionalInfo groups" {
		t.Fatal(names(r), err)
	}
	rows, err := rest(r)
	if err != nil || len(rows) != 3 {
		t.Fatal(rows, err)
	}
	got := rows[0]
	if got.LastName != "Doe" || got.FirstName != "Jane" || got.Email != "jane@example.org" ||
		strings.Join(got.Labels, "+") != "a+b" ||
		got.SendCredentials == nil || !*got.SendCredentials || got.Password.Reveal() != "s3cret" ||
		got.Locale != "fr" ||
		got.AdditionalInfo != "Floor 3" || strings.Join(got.Groups, "+") != "North+South" ||
		len(got.Errors) != 0 || got.Number != 1 {
		t.Errorf("%+v", got)
	}
	if rows[1].LastName != "Langue" || rows[1].FirstName != "Pierre" ||
		rows[2].FirstName != "Groupe Jr" {
		t.Errorf("%+v", rows[1:])
	}
	if first, err := all([]byte("Langue,Pierre,langue@example.org")); err != nil ||
		len(first) != 1 {
		t.Errorf("a name is taken for a header: %v, %v", first, err)
	}
}

func TestAHeaderThatCannotBeMeantSoIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, key, says string }{
		{"e-mail,Prenm", "unknown_column_near",
			"Column B is called “Prenm”, which is not a column of an import. Did you mean “Prénom”?"},
		{"e-mail,nom,Casier", "unknown_column", "Column C is called “Casier”"},
		{"e-mail,nom,Casier,,Badge", "unknown_columns", "C (Casier), E (Badge)"},
		{"e-mail,nom,Courriel", "double_column",
			"Columns A and C hold the same thing (“Courriel”)"},
		{"groups,roles", "no_identity", "neither an email"},
		{"e-mail,nom," + strings.Repeat("x", 500), "unknown_column", strings.Repeat("x", 40) + "…"},
		{"e-mail,size,Size", "double_column", "Columns B and C"},
	} {
		_, err := openBytes([]byte(c.header+"\nx"), Field{Key: "size", Name: "Size"})
		if f := refusedAs(t, err, c.key); !strings.Contains(f.Error(), c.says) {
			t.Errorf("%s: %q does not say %q", c.header, f, c.says)
		}
	}
}

func TestWordsAreNearWhenFewLettersDiffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"prenm", "prenom", 1},
		{"étage", "étape", 1}} {
		if got := Distance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
