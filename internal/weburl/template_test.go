package weburl_test

import (
	"testing"

	"usher/internal/weburl"
)

func TestATemplateHasItsTokenOnceBehindTheHost(t *testing.T) {
	t.Parallel()
	origins := []string{"https://app.example.org", "http://localhost:5173"}
	for template, link := range map[string]string{
		"https://app.example.org/accept/{token}":          "https://app.example.org/accept/T-1_a",
		"https://app.example.org/accept?t={token}&from=u": "https://app.example.org/accept?t=T-1_a&from=u",
		"https://App.example.org:443/#/accept/{token}":    "https://App.example.org:443/#/accept/T-1_a",
		"http://localhost:5173/{token}":                   "http://localhost:5173/T-1_a",
	} {
		if got, ok := weburl.FillTemplate(template, "T-1_a", origins); !ok || got != link {
			t.Errorf("%s: %q, %t", template, got, ok)
		}
	}
	for _, template := range []string{"", "https://app.example.org/accept",
		"https://app.example.org/{token}/{token}", "https://app.example.org/{Token}",
		"https://app.example.org/{token}/{page}", "https://{token}.example.org/",
		"https://app.example.org:{token}/", "http://app.example.org/{token}",
		"https://ann@app.example.org/{token}", "https://app.example.org/../{token}", "/{token}",
		"javascript:alert('{token}')"} {
		if origin, ok := weburl.ParseTemplate(template); ok {
			t.Errorf("%s is accepted, with the origin %s", template, origin)
		}
	}
	for _, template := range []string{"https://other.example.org/{token}",
		"https://app.example.org:8443/{token}", "https://app.example.org.evil.test/{token}",
		"https://localhost:5173/{token}"} {
		if link, ok := weburl.FillTemplate(template, "T", origins); ok {
			t.Errorf("%s, of an origin that is not listed, makes %s", template, link)
		}
	}
}
