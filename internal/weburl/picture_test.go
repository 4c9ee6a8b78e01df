package weburl_test

import (
	"testing"

	"usher/internal/weburl"
)

func TestAPictureIsShownByHTTPSAlone(t *testing.T) {
	for address, want := range map[string]bool{
		"https://cdn.acme.test/logo.png": true, "https://cdn.acme.test:8443/a.svg?v=2": true,
		"http://cdn.acme.test/logo.png": false, "//cdn.acme.test/logo.png": false, "logo.png": false,
		"https://ann:secret@cdn.acme.test/a.png": false, "https://a;b/logo.png": false,
		"https://a'b/logo.png": false, "data:image/png;base64,AA": false, "": false,
	} {
		if _, ok := weburl.ParsePicture(address); ok != want {
			t.Errorf("%q: %v", address, ok)
		}
	}
}
