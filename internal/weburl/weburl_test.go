package weburl_test

import (
	"strings"
	"testing"

	"usher/internal/weburl"
)

func TestAPageIsAnHTTPSAddressThatBrowsersDoNotChange(t *testing.T) {
	t.Parallel()
	for given, canonical := range map[string]string{
		"https://learn.example.org":                    "https://learn.example.org",
		"https://Learn.Example.org:443/A?b=c#d":        "https://learn.example.org/A?b=c#d",
		"https://learn.example.org:8443/%C3%A9t%C3%A9": "https://learn.example.org:8443/%C3%A9t%C3%A9",
		"http://localhost:5173/app":                    "http://localhost:5173/app",
		"http://127.0.0.1:5173":                        "http://127.0.0.1:5173",
		"http://app.localhost":                         "http://app.localhost",
	} {
		if u, ok := weburl.ParsePage(given); !ok || u.String() != canonical {
			t.Errorf("%s is read as %v, %t; want %s", given, u, ok, canonical)
		}
	}
	for _, given := range []string{
		"", "learn.example.org", "//learn.example.org", "/courses", "http://learn.example.org",
		"ftp://learn.example.org", "javascript:alert(1)", "https:learn.example.org", "https://",
		"https://ann@learn.example.org", "https://ann:secret@learn.example.org",
		"https://learn.example.org:", "https://learn.example.org:0", "https://learn_.example.org",
		"https://münchen.example", "https://learn.example.org/a/../b",
		"https://learn.example.org/a/%2e%2E/b", "https://learn.example.org/a%2f..%2fb",
		"https://learn.example.org/./a", `https://learn.example.org\@evil.example`,
		`https://learn.example.org/a%5c..%5cb`,
		"https://learn.example.org/a b", "https://learn.example.org/\n", " https://learn.example.org",
		"http://localhost.evil.example", "https://learn.example.org/" + strings.Repeat("a", 2_000),
	} {
		if u, ok := weburl.ParsePage(given); ok {
			t.Errorf("%q is accepted as %v", given, u)
		}
	}
}

func TestAPrefixHasNeitherQueryNorFragmentNorSlashAtItsEnd(t *testing.T) {
	t.Parallel()
	for given, canonical := range map[string]string{
		"https://learn.example.org/":        "https://learn.example.org",
		"https://learn.example.org/a/b//":   "https://learn.example.org/a/b",
		"https://learn.example.org/%C3%A9/": "https://learn.example.org/%C3%A9",
	} {
		if u, ok := weburl.ParsePrefix(given); !ok || u.String() != canonical {
			t.Errorf("%s is read as %v, %t; want %s", given, u, ok, canonical)
		}
	}
	for _, given := range []string{"https://learn.example.org?", "https://learn.example.org/?a=b",
		"https://learn.example.org/#", "https://learn.example.org/#a", "http://learn.example.org"} {
		if u, ok := weburl.ParsePrefix(given); ok {
			t.Errorf("%q is accepted as %v", given, u)
		}
	}
}

func TestAPageIsBelowAPrefixOfItsOriginAtASlash(t *testing.T) {
	t.Parallel()
	allowed := []string{"https://learn.example.org/courses", "http://localhost:5173"}
	for page, below := range map[string]bool{
		"https://learn.example.org/courses":           true,
		"https://learn.example.org/courses/":          true,
		"https://learn.example.org/courses/1?a=b#c":   true,
		"https://learn.example.org/courses?a=b":       true,
		"https://LEARN.example.org:443/courses":       true,
		"http://localhost:5173":                       true,
		"http://localhost:5173/any/page":              true,
		"https://learn.example.org":                   false,
		"https://learn.example.org/coursesABC":        false,
		"https://learn.example.org/courses%2fa":       false,
		"https://learn.example.org/Courses":           false,
		"https://learn.example.org/courses/../admin":  false,
		"https://learn.example.org:8443/courses":      false,
		"https://learn.example.org.evil.test/courses": false,
		"https://evil.test/courses":                   false,
		"http://localhost:5174":                       false,
		"https://localhost:5173":                      false,
		"":                                            false,
	} {
		if weburl.IsBelow(page, allowed) != below {
			t.Errorf("%s is below %v: %t", page, allowed, !below)
		}
	}
	if weburl.IsBelow("https://learn.example.org", nil) {
		t.Error("an empty list allows a page")
	}
}
