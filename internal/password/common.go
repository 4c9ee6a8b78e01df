package password

import (
	"encoding/json"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go/data"
)

// maxDigitSuffix is how many digits after a common word still count as that word: "password123",
// "soleil2024".
const maxDigitSuffix = 4

// frenchPasswords are common passwords of French speakers that the list of zxcvbn lacks.
var frenchPasswords = []string{
	"amour", "azerty", "azertyuiop", "bonjour", "bonjourbonjour", "camille", "caroline", "chocolat",
	"chouchou", "coucou",
	"doudou", "isabelle", "jesuisla", "jetaime", "loulou", "loveyou", "marseille", "motdepasse",
	"nicolas", "papillon",
	"princesse", "qsdfghjklm", "soleil", "stephane", "toulouse", "vanille", "wxcvbn",
}

// englishPasswords are English ones that are too long or too new for that list.
var englishPasswords = []string{"administrator", "letmein", "p@ssw0rd", "qwertyuiop", "adminadmin",
	"passwordpassword"}

// commonWords returns the set of about 7,000 common passwords, in lower case. It is read at the
// first use: zxcvbn's package frequency would decompress five lists at every start, which takes 50
// ms, and one of them is needed.
var commonWords = sync.OnceValue(func() map[string]struct{} {
	var list struct{ List []string }
	raw, err := data.Asset("data/Passwords.json")
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		panic("password: the list of common passwords in the binary is damaged: " + err.Error())
	}
	set := make(map[string]struct{}, len(list.List)+len(frenchPasswords)+len(englishPasswords))
	for _, group := range [][]string{list.List, frenchPasswords, englishPasswords} {
		for _, word := range group {
			set[strings.ToLower(word)] = struct{}{}
		}
	}
	return set
})

// isListedPassword tells whether a lower-case password is on the list, as it is or followed by up
// to maxDigitSuffix digits, or is a sequence.
func isListedPassword(pw string) bool {
	if _, listed := commonWords()[pw]; listed || isSequence(pw) {
		return true
	}
	word := strings.TrimRight(pw, "0123456789")
	_, listed := commonWords()[word]
	return listed && len(pw)-len(word) <= maxDigitSuffix
}

// isSequence tells whether every character follows the previous one by the same step of -1, 0 or
// 1: "aaaaaaaa", "23456789".
func isSequence(pw string) bool {
	first, size := utf8.DecodeRuneInString(pw)
	second, _ := utf8.DecodeRuneInString(pw[size:])
	step, last := second-first, first-(second-first)
	for _, r := range pw {
		if r-last != step {
			return false
		}
		last = r
	}
	return step >= -1 && step <= 1
}
