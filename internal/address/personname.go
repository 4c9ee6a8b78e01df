package address

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitPersonName splits a display name into first and last name: `Jane van Doe` at the first
// space, `Doe, Jane` at the comma. It returns nothing for a text that is not plainly the name of
// one person, such as a company, a role, or a name with a degree: no name is better than "Hello
// MSc". Remarks in parentheses or brackets and nicknames in quotes are left out; the rest of the
// spelling does not change.
func SplitPersonName(display string) (first, last string) {
	display = removeRemarks(display)
	if display == "" || strings.ContainsFunc(display, isForbiddenInPersonName) {
		return "", ""
	}
	before, after, comma := strings.Cut(display, ",")
	words := append(strings.Fields(before), strings.Fields(after)...)
	if len(words) == 0 || len(words) > 6 || strings.Contains(after, ",") ||
		slices.ContainsFunc(words, isNonNameWord) || isTitle(words[0]) {
		return "", ""
	}
	// In a name in capitals, degrees cannot be recognized by their capitals.
	capitals := display == strings.ToUpper(display)
	if comma {
		given := strings.Fields(after)
		if strings.TrimSpace(before) == "" || len(given) == 0 ||
			slices.ContainsFunc(given, func(w string) bool {
				return isPostNominal(w, capitals)
			}) {
			return "", ""
		}
		return strings.TrimSpace(after), strings.TrimSpace(before)
	}
	if len(words) > 1 && isPostNominal(words[len(words)-1], capitals) {
		return "", ""
	}
	first, last, _ = strings.Cut(display, " ")
	return first, strings.TrimSpace(last)
}

// remarkPairs are the signs around what directories and mail programs add to a name: a country, a
// company, a nickname.
var remarkPairs = [][2]string{{"(", ")"}, {"[", "]"}, {`"`, `"`}, {"“", "”"}, {"„", "“"},
	{"«", "»"}}

// removeRemarks returns a name without remarks, and without quotes around the name itself. A sign
// without its counterpart stays, so that the name is not taken for one.
func removeRemarks(display string) string {
	display = strings.TrimSpace(display)
	for _, pair := range remarkPairs {
		for {
			before, rest, opened := strings.Cut(display, pair[0])
			inside, after, closed := strings.Cut(rest, pair[1])
			if !opened || !closed {
				break
			}
			// What stands alone, or before a remark alone, is the name and no nickname.
			quoted := pair[0] != "(" && pair[0] != "["
			if quoted && strings.TrimSpace(before) == "" {
				display = strings.TrimSpace(inside + " " + after)
				continue
			}
			display = strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(after))
		}
	}
	return strings.ReplaceAll(display, " ,", ",")
}

// isForbiddenInPersonName matches characters that no name has: digits, brackets, quotes, most
// signs.
func isForbiddenInPersonName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != ' ' &&
		!strings.ContainsRune("'’‘-‐.,·", r)
}

// nonNameWords are words of companies, departments and roles in small letters. None of them is a
// common name.
var nonNameWords = strings.Fields(
	`team teams équipe equipe group groupe support info infos information informations sales ventes
	admin admins administrator administrateur administration office bureau department département dept service services help
	helpdesk desk contact contacts newsletter news noreply no-reply reply mailer mailing accounts accounting billing orders
	marketing jobs careers webmaster postmaster hostmaster customer customers client clients company compagnie corp corporation
	inc inc. ltd ltd. limited llc llp gmbh sas sarl sàrl srl plc pty foundation fondation university université universität
	school école college collège institute institut bank banque hotel hôtel shop store staff board committee comité club
	association society société hr rh it ceo cto cfo reception réception secretary secretariat secrétariat via behalf
	consulting solutions systems technologies software media studio agency agence ministry ministère`)

// legalForms are endings of companies that are also names unless they are written in capitals.
var legalForms = []string{
	"SA", "S.A.", "AG", "KG", "AB", "AS", "BV", "B.V.", "NV", "N.V.", "SE", "OY", "SPA", "S.p.A.",
	"SpA", "eV", "e.V.", "Co", "Co.",
}

// isNonNameWord reports whether a word is not part of a person's name.
func isNonNameWord(word string) bool {
	word = strings.Trim(word, ",")
	r, _ := utf8.DecodeRuneInString(word)
	if !unicode.IsLetter(r) && !strings.ContainsRune("'’‘", r) {
		return true
	}
	return slices.Contains(nonNameWords, strings.ToLower(word)) ||
		slices.Contains(legalForms, word) || hasInnerDot(word)
}

// isTitle reports whether a word is a title before a name, which the greeting leaves out.
func isTitle(word string) bool {
	return slices.Contains(
		strings.Fields(
			"dr pr prof mr mrs ms miss mme mlle m mgr herr frau sir dame rev hon ing dipl mag maître me sr sra srta don doña"),
		strings.ToLower(strings.TrimSuffix(word, "."))) && (strings.HasSuffix(word, ".") ||
		len(word) > 1 && !isInitial(word))
}

// isInitial tells whether a word is one letter, with or without its full stop.
func isInitial(word string) bool {
	return utf8.RuneCountInString(strings.TrimSuffix(word, ".")) == 1
}

// postNominals are degrees, suffixes and honours after a name, without dots.
var postNominals = strings.Fields(
	`Jr Sr Jnr Snr Junior Senior II III IV MD PhD DPhil MPhil MSc BSc MA BA MBA EdD EdM JD LLB LLM
	Esq CPA RN DDS DMD DVM PE PMP CFA FRCS FRS OBE MBE CBE KBE CISSP ACCA PHR CSM BEd MEd MFA MPA MPH MEng BEng BTech MTech DBA
	PsyD DSc ScD DipIng IngDipl DiplIng MCIPD CIPD FCA ACA CIA CISA ITIL PSM RA StB WP HDR DESS DEA DUT BTS AICP AIA Ing BArch`)

// isPostNominal reports whether a word is a degree or a suffix. In a name that is not in capitals,
// short words in capitals are.
func isPostNominal(word string, capitals bool) bool {
	plain := strings.NewReplacer(".", "", "-", "").Replace(strings.Trim(word, ","))
	n := utf8.RuneCountInString(plain)
	if capitals {
		return n > 2 && slices.ContainsFunc(postNominals, func(p string) bool {
			return strings.EqualFold(p, plain)
		}) ||
			slices.Contains([]string{"JR", "SR", "II", "MD"}, plain)
	}
	return slices.Contains(postNominals, plain) || n > 1 && n <= 5 && !isInitials(word) &&
		plain == strings.ToUpper(plain) && plain != strings.ToLower(plain)
}

// isInitials tells initials, "J.-P." and "J. P.", from a degree such as B.A.
func isInitials(word string) bool {
	plain := strings.NewReplacer(".", "", "-", "").Replace(word)
	return strings.Contains(word, ".") && utf8.RuneCountInString(plain) <= 3 &&
		!slices.Contains(postNominals, plain)
}
