package mail

import (
	"strings"

	"usher/internal/i18n"
)

// deviceWords are words of user agents with the names that people know them by. The first that
// occurs counts: most browsers name others too, such as Safari in Chrome.
var (
	browserWords = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"},
		{"Safari/", "Safari"}}
	systemWords = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"},
		{"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}}
)

// DescribeDevice returns the browser and the system of a user agent in words, such as "Firefox on
// Windows". A program is named by the first word of its user agent.
func DescribeDevice(l i18n.Locale, userAgent string) string {
	browser, system := findWord(userAgent, browserWords), findWord(userAgent, systemWords)
	switch {
	case browser != "" && system != "":
		return i18n.T(l, "mail.device", i18n.Args{"Browser": browser, "System": system})
	case browser != "":
		return browser
	}
	program, _, _ := strings.Cut(userAgent, "/")
	if program = strings.TrimSpace(program); program == "" || len(program) > 40 {
		return i18n.T(l, "mail.device_unknown", nil)
	}
	return program
}

// findWord returns the name of the first word that occurs in a user agent, "" for none.
func findWord(userAgent string, words [][2]string) string {
	for _, w := range words {
		if strings.Contains(userAgent, w[0]) {
			return w[1]
		}
	}
	return ""
}
