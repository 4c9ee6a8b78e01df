package importfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/secret"
)

// secretColumnNames are folded names of columns that hold passwords, in the languages of files that
// people upload. If such a column is a custom field, its cells are sealed like a password.
var secretColumnNames = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range []string{
		"password", "passwords", "passwd", "pass", "pwd", "pw", "passphrase", "passcode", "secret",
		"pin", "pin code",
		"initial password", "temporary password", "temp password", "default password",
		"new password", "password hash",
		"mot de passe", "mdp", "mot de passe initial", "mot de passe provisoire",
		"mot de passe temporaire", "code secret",
		"Passwort", "Kennwort", "Initialpasswort", "Startpasswort", "contraseña", "clave",
		"clave de acceso", "contrasenya",
		"senha", "palavra-passe", "parola d'ordine", "parola", "wachtwoord", "hasło", "heslo",
		"jelszó", "lozinka", "geslo",
		"lösenord", "passord", "adgangskode", "kodeord", "salasana", "parool", "slaptažodis",
		"κωδικός", "κωδικός πρόσβασης",
		"пароль", "парола", "лозинка", "şifre", "sifre", "kata sandi", "mật khẩu", "รหัสผ่าน", "密码",
		"密碼", "口令", "パスワード",
		"비밀번호", "암호", "סיסמה", "كلمة المرور", "كلمة السر", "رمز عبور", "पासवर्ड",
	} {
		set[foldHeader(name)] = true
	}
	return set
}()

// isSecretColumnName reports whether a column's name says that it holds passwords.
func isSecretColumnName(name string) bool {
	for _, form := range headerForms(name) {
		f := foldHeader(form)
		if secretColumnNames[f] || strings.Contains(f, "password") ||
			strings.Contains(f, "motdepasse") || strings.Contains(f, "passwort") ||
			strings.Contains(f, "kennwort") {
			return true
		}
	}
	return false
}

// ordinaryPattern matches texts that mix all kinds of characters and are no secrets: links, paths,
// dates, ids of Usher.
var ordinaryPattern = regexp.MustCompile(
	`^(?:[a-z][a-z0-9+.-]*://.*|www\..*|/[\w/. -]+|[a-z]{2,6}_[0-9a-z]{26}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?)$`)

// looksLikeSecret reports whether a text looks like a password: one word of at least eight
// characters that mixes small and capital letters, digits and signs as words, codes and dates do
// not. Each value of a list is checked.
//
// A password of small letters only looks like a word. Such passwords are found by the name and
// position of their column.
func looksLikeSecret(cell string) bool {
	for value := range strings.SplitSeq(cell, "|") {
		if isSecretWord(strings.TrimSpace(value)) {
			return true
		}
	}
	return false
}

// isSecretWord guesses whether a text is a password (BAT-11): 8 to 128 characters without a blank,
// with lower-case letters among digits and signs in a mixture that words, codes and numbers do not
// have.
func isSecretWord(s string) bool {
	n := utf8.RuneCountInString(s)
	if n < 8 || n > 128 || strings.ContainsFunc(s, unicode.IsSpace) || isAddress(s) ||
		ordinaryPattern.MatchString(s) {
		return false
	}
	w := measureWord(s)
	kinds := 0
	for _, present := range []bool{w.lower, w.upper, w.digit, w.sign} {
		if present {
			kinds++
		}
	}
	mixed := w.turns >= 2 || w.strange
	return w.lower && mixed &&
		(kinds >= 3 || w.digit && (w.strange || n <= 20 && !isHexadecimal(s)))
}

// wordShape describes which kinds of characters a word has.
type wordShape struct {
	lower, upper, digit, sign bool
	strange                   bool // a sign that does not join words or numbers
	turns                     int  // changes between letters and digits
}

// measureWord returns the kinds of characters in a text. turns counts the changes between letters
// and digits: "room12" has one, "p4ssw0rd" has several.
func measureWord(s string) (w wordShape) {
	last := rune(0)
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			w.digit = true
			if unicode.IsLetter(last) {
				w.turns++
			}
		case unicode.IsUpper(r):
			w.upper = true
		case unicode.IsLetter(r):
			w.lower = true
		default:
			w.sign = true
			// These signs join words and numbers.
			w.strange = w.strange || !strings.ContainsRune("-_./,:'’&()", r)
		}
		if unicode.IsLetter(r) && unicode.IsDigit(last) {
			w.turns++
		}
		last = r
	}
	return w
}

func isHexadecimal(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF-") == "" }

// hideCell moves a cell from Cells, which is stored and shown, to Hidden.
func (r *Row) hideCell(i int) {
	if i >= len(r.Cells) || isBlank(r.Cells[i]) {
		return
	}
	if r.Hidden == nil {
		r.Hidden = map[int]secret.Redacted{}
	}
	r.Hidden[i] = secret.Redacted(r.Cells[i])
	r.Cells[i] = ""
}

// hideSecrets hides the password, and texts that look like one in columns that take any text
// (BAT-11).
func (r *Row) hideSecrets(columns []Column) {
	for i, cell := range r.Cells {
		c := Column{Index: i}
		if i < len(columns) {
			c = columns[i]
		}
		switch c.Name {
		case Password:
			r.hideCell(i)
			if r.Hidden[i] != "" {
				r.Hidden[i] = r.Password // as read, without spaces around it
			}
		case Email, SendCredentials, Locale, AccessExpiresAt, Deactivated, Active, LastName, FirstName,
			Username, ExternalID, Groups, Roles, OrgUnit, Sessions:
			// Valid values of these columns are no secrets. Invalid ones put the row in error, and
			// HideSuspects hides them.
		case CustomField:
			if isSecretColumnName(c.Header) || isSecretColumnName(c.Key) || !c.Date &&
				looksLikeSecret(cell) {
				r.hideCell(i)
			}
		default:
			// A column that is left out may be one of passwords all the same.
			if looksLikeSecret(cell) || c.Name == Ignored && isSecretColumnName(c.Header) {
				r.hideCell(i)
			}
		}
	}
	if len(r.Errors) > 0 {
		r.HideSuspects(columns)
	}
}

// HideSuspects hides cells that may be a password in a row with errors: texts that look like one in
// any column. In a row that is shifted by a column it also hides cells beside the password column
// that do not fit their own column.
func (r *Row) HideSuspects(columns []Column) {
	typed := r.Password.Reveal()
	slipped := typed == "" || Email.acceptsCell(typed) || SendCredentials.acceptsCell(typed) ||
		Locale.acceptsCell(typed)
	for i, cell := range r.Cells {
		name := Unnamed
		if i < len(columns) {
			name = columns[i].Name
		}
		beside := i > 0 && i-1 < len(columns) && columns[i-1].Name == Password ||
			i+1 < len(columns) && columns[i+1].Name == Password
		if looksLikeSecret(cell) || slipped && beside && !name.isPlainlyRead(cell) {
			r.hideCell(i)
		}
	}
}

// isPlainlyRead reports whether a cell cannot be a password that slipped into the column: it is
// valid there, has a length that no password has, or consists of several words.
func (n Name) isPlainlyRead(cell string) bool {
	length := utf8.RuneCountInString(cell)
	return n.acceptsCell(cell) || length < 6 || length > 128 ||
		strings.ContainsFunc(strings.TrimSpace(cell), unicode.IsSpace)
}

// acceptsCell reports whether a cell is valid in its column, as far as this package can tell.
func (n Name) acceptsCell(cell string) (ok bool) {
	cell = strings.TrimSpace(cell)
	switch n {
	case Email:
		ok = isAddress(cell)
	case SendCredentials, Deactivated:
		_, ok = parseBool(cell)
	case Active:
		_, ok = parseActive(cell)
	case Locale:
		_, ok = parseLocale(cell)
	case AccessExpiresAt:
		_, ok = parseWhen(cell, false)
	default:
		ok = isAddress(cell)
	}
	return ok
}
