package bounce

import (
	_ "embed"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/refused.eml
var refused string

// told is what the fixture says: of its three recipients one is only late.
var told = []Report{
	{"<mal_0001@usher.example.org>", "zoe@school.test",
		"550 5.1.1 <z.dupont@mail.school.test>: recipient address refused; no such user"},
	{"<mal_0001@usher.example.org>", "mia@school.test", "4.4.7"},
}

func TestADeliveryStatusNotificationIsReadInAllItsClothes(t *testing.T) {
	t.Parallel()
	_, bare, _ := strings.Cut(refused, "\n\n")
	const kind = `multipart/report; boundary="=_part 77f1/a"`
	_, returned, _ := strings.Cut(refused, "Content-Type: message/rfc822\n\n")
	returned, _, _ = strings.Cut(returned, "\n--=_part")
	headers, _, _ := strings.Cut(returned, "\n\n")
	for name, c := range map[string]struct{ kind, body string }{
		"a mail": {"message/rfc822", refused},
		"a mail as it travels": {"message/rfc822",
			strings.ReplaceAll(refused, "\n", "\r\n")},
		"without its headers":         {kind, bare},
		"without them, as it travels": {kind, strings.ReplaceAll(bare, "\n", "\r\n")},
		"with the headers alone": {kind, strings.Replace(
			strings.Replace(bare, "message/rfc822", "text/rfc822-headers", 1), returned,
			headers, 1)},
		"without its last boundary": {kind, strings.TrimSuffix(bare, "\n--=_part 77f1/a--\n")},
		"with two empty lines": {kind, strings.Replace(bare, "\n\nOriginal-Recipient",
			"\n\n\nOriginal-Recipient", 1)},
		"with a header nobody can read": {kind, strings.Replace(bare,
			" <mal_0001@usher.example.org>\n", " <mal_0001@usher.example.org>\nno header\n", 1)},
		"with more of an international kind": {kind, strings.NewReplacer("message/delivery-status",
			"message/global-delivery-status",
			"message/rfc822", "message/global").Replace(bare)},
		"returned in base64": {kind, strings.Replace(
			strings.Replace(bare, returned, base64.StdEncoding.EncodeToString([]byte(returned)), 1),
			"Content-Type: message/rfc822",
			"Content-Type: message/rfc822\nContent-Transfer-Encoding: BASE64", 1)},
		"returned as quoted-printable": {kind,
			strings.Replace(strings.Replace(bare, "<mal_0001@", "<mal_000=31@", 1),
				"Content-Type: message/rfc822",
				"Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable", 1)},
	} {
		h := newHook(key)
		w := h.answer(call(c.kind, c.body))
		if w.Code != http.StatusNoContent || !slices.Equal(h.recorded, told) {
			t.Errorf("%s: %d %q, recorded %q", name, w.Code, w.Body, h.recorded)
		}
	}
}

func TestAReasonIsWhatTheServerSaidElseTheStatus(t *testing.T) {
	t.Parallel()
	for diagnostic, want := range map[string]string{
		"Diagnostic-Code: smtp; 550 no":           "550 no",
		"Diagnostic-Code: X-Postfix; no such one": "no such one",
		"Diagnostic-Code: 550 no":                 "550 no",
		"Diagnostic-Code: 550 no; go away":        "550 no; go away",
		"Diagnostic-Code: smtp;":                  "5.0.0",
		"X: y":                                    "5.0.0",
	} {
		h := newHook(key)
		body := "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\nAction: failed\n\nFinal-Recipient: rfc822; a@x.test\nAction: failed\nStatus: 5.0.0\n" +
			diagnostic +
			"\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: <m@x.test>\n\n--b--\n"
		w := h.answer(call("multipart/report; boundary=b", body))
		if w.Code != http.StatusNoContent || len(h.recorded) != 1 ||
			h.recorded[0] != (Report{"<m@x.test>", "a@x.test", want}) {
			t.Errorf("%s: %d %q, recorded %q", diagnostic, w.Code, w.Body, h.recorded)
		}
	}
}

func FuzzANotificationIsReadOrRefused(f *testing.F) {
	f.Add(refused)
	f.Add(strings.ReplaceAll(refused, "\n", "\r\n"))
	f.Add("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nA: b\n\nAction: failed\n--b--")
	f.Fuzz(func(t *testing.T, body string) {
		reports, err := readMessage([]byte(body))
		for _, r := range reports {
			if err != nil || r.MessageID == "" {
				t.Fatalf("%q, %v", r, err)
			}
		}
	})
}
