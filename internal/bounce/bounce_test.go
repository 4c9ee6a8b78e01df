package bounce

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/internal/secret"
)

const (
	key   = secret.Redacted("a shared key of some thirty bytes")
	older = secret.Redacted("the key that it will soon replace")
)

var noon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

// hook is a handler and what it recorded.
type hook struct {
	http.Handler
	recorded []Report
	fails    error
}

func newHook(keys ...secret.Redacted) *hook {
	h := &hook{}
	h.Handler = Handler(keys, func(_ context.Context, r Report) error {
		h.recorded = append(h.recorded, r)
		return h.fails
	}, func() time.Time { return noon })
	return h
}

// sign is a signature made apart from the code under test.
func sign(k secret.Redacted, id, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(k.Reveal()))
	mac.Write([]byte(id + "." + stamp + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// call is a request with a good signature of now.
func call(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/bounces", strings.NewReader(body))
	stamp := strconv.FormatInt(noon.Unix(), 10)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", stamp)
	r.Header.Set("webhook-signature", sign(key, "msg_1", stamp, body))
	return r
}

func (h *hook) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// one is a body with one event that counts.
const one = `{"events":[{"messageId":"<mal_1@usher.test>","recipient":"a@x.test","type":"bounced","reason":"550 5.1.1 no such user","at":"2026-03-03T11:59:00Z"}]}`

func TestACallThatIsSignedIsBelievedAndNoOther(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return strconv.FormatInt(noon.Add(d).Unix(), 10) }
	resigned := func(r *http.Request, stamp string) {
		r.Header.Set("webhook-timestamp", stamp)
		r.Header.Set("webhook-signature", sign(key, "msg_1", stamp, one))
	}
	signature := func(r *http.Request) string { return r.Header.Get("webhook-signature") }
	for name, c := range map[string]struct {
		change func(r *http.Request)
		want   int
	}{
		"as it is": {func(*http.Request) {}, 204},
		"signed by the older key": {func(r *http.Request) {
			r.Header.Set("webhook-signature", sign(older, "msg_1", at(0), one))
		}, 204},
		"signed by a stranger": {func(r *http.Request) {
			r.Header.Set("webhook-signature", sign("x", "msg_1", at(0), one))
		}, 401},
		"signed by no key": {func(r *http.Request) {
			r.Header.Set("webhook-signature", sign("", "msg_1", at(0), one))
		}, 401},
		"no signature": {func(r *http.Request) {
			r.Header.Del("webhook-signature")
		}, 401},
		"an empty signature": {func(r *http.Request) {
			r.Header.Set("webhook-signature", "v1,")
		}, 401},
		"a signature without version": {func(r *http.Request) {
			r.Header.Set("webhook-signature", signature(r)[3:])
		}, 401},
		"another version": {func(r *http.Request) {
			r.Header.Set("webhook-signature", "v1a,"+signature(r)[3:])
		}, 401},
		"half a signature": {func(r *http.Request) {
			r.Header.Set("webhook-signature", signature(r)[:23])
		}, 401},
		"the second of three": {func(r *http.Request) {
			r.Header.Set("webhook-signature", sign("x", "msg_1", at(0), one)+" "+signature(r)+
				" v2,AAAA")
		}, 204},
		"no id": {func(r *http.Request) { r.Header.Del("webhook-id") }, 401},
		"no id, and signed so": {func(r *http.Request) {
			r.Header.Del("webhook-id")
			r.Header.Set("webhook-signature", sign(key, "", at(0), one))
		}, 401},
		"another id": {func(r *http.Request) {
			r.Header.Set("webhook-id", "msg_2")
		}, 401},
		"another time": {func(r *http.Request) {
			r.Header.Set("webhook-timestamp", at(time.Second))
		}, 401},
		"no time":          {func(r *http.Request) { resigned(r, "") }, 401},
		"a time in words":  {func(r *http.Request) { resigned(r, "noon") }, 401},
		"five minutes old": {func(r *http.Request) { resigned(r, at(-5*time.Minute)) }, 204},
		"older than that": {func(r *http.Request) {
			resigned(r, at(-5*time.Minute-time.Second))
		}, 401},
		"five minutes ahead": {func(r *http.Request) { resigned(r, at(5*time.Minute)) }, 204},
		"further ahead": {func(r *http.Request) {
			resigned(r, at(5*time.Minute+time.Second))
		}, 401},
		"the end of all numbers": {func(r *http.Request) {
			resigned(r, "9223372036854775807")
		}, 401},
		"another body": {func(r *http.Request) {
			*r = *call("application/json", strings.Replace(one, "mal_1", "mal_2", 1))
			resigned(r, at(0))
		}, 401},
	} {
		h, r := newHook(key, older), call("application/json", one)
		c.change(r)
		w := h.answer(r)
		if w.Code != c.want || (len(h.recorded) == 1) != (c.want == 204) {
			t.Errorf("%s: %d %q, recorded %v", name, w.Code, w.Body, h.recorded)
		}
	}
}

func TestABodyIsAnsweredByWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	many := func(n int) string {
		return `{"events":[` + strings.Repeat(`{"messageId":"<a@b>","type":"complained"},`, n-1) +
			`{"messageId":"<a@b>","type":"complained"}]}`
	}
	failures := func(n int) string {
		return "--b\nContent-Type: message/delivery-status\n\nA: b\n" +
			strings.Repeat("\nAction: failed\n", n) +
			"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: <a@b>\n\n--b--\n"
	}
	with := func(event string) string { return `{"events":[` + event + `]}` }
	for name, c := range map[string]struct {
		kind, body string
		want       int
	}{
		"no events yet": {"application/json", `{"events":[]}`, 204},
		"a charset":     {"Application/JSON; charset=utf-8", one, 204},
		"fields that we do not know": {"application/json",
			with(`{"messageId":"<a@b>","type":"delivered","tags":[1]}`), 204},
		"a thousand events": {"application/json", many(1000), 204},
		"one more":          {"application/json", many(1001), 413},
		"one more that does not count": {"application/json",
			strings.ReplaceAll(many(1001), "complained", "delivered"), 413},
		"a thousand recipients": {"multipart/report; boundary=b", failures(1000), 204},
		"one recipient more":    {"multipart/report; boundary=b", failures(1001), 413},
		"a megabyte": {"application/json",
			`{"events":[]}` + strings.Repeat(" ", 1<<20-13), 204},
		"one byte more": {"application/json",
			`{"events":[]}` + strings.Repeat(" ", 1<<20-12), 413},
		"nothing":              {"application/json", "", 400},
		"no JSON":              {"application/json", "<xml/>", 400},
		"JSON and more":        {"application/json", one + one, 400},
		"null":                 {"application/json", "null", 400},
		"no list of events":    {"application/json", `{"event":{}}`, 400},
		"events that are none": {"application/json", `{"events":["a"]}`, 400},
		"an unknown type": {"application/json",
			with(`{"messageId":"<a@b>","type":"opened"}`), 400},
		"no type": {"application/json", with(`{"messageId":"<a@b>"}`), 400},
		"no message": {"application/json",
			with(`{"type":"bounced","reason":"550 no"}`), 400},
		"a date that is none": {"application/json",
			with(`{"messageId":"<a@b>","type":"bounced","at":"yesterday"}`), 400},
		"a good one before a bad": {"application/json",
			with(`{"messageId":"<a@b>","type":"complained"},{}`), 400},
		"a mail that is no report": {"message/rfc822",
			"Subject: On holiday\n\nBack on Monday.\n", 400},
		"a mail that is none":         {"message/rfc822", "\x00\x01", 400},
		"a report without a boundary": {"multipart/report", "x", 400},
		"a report with another":       {"multipart/report; boundary=b", "--a\n\nx\n--a--\n", 400},
		"a report without a status":   {"multipart/report; boundary=b", "--b\n\nx\n--b--\n", 400},
		"a status about nobody": {"multipart/report; boundary=b",
			"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--b--\n", 400},
		"a status that is none": {"multipart/report; boundary=b",
			"--b\nContent-Type: message/delivery-status\n\n???\n\n--b--\n", 400},
		"a failure of an unnamed mail": {"multipart/report; boundary=b",
			"--b\nContent-Type: message/delivery-status\n\nA: b\n\nAction: failed\n\n--b--\n", 400},
		"a delay of an unnamed mail": {"multipart/report; boundary=b",
			"--b\nContent-Type: message/delivery-status\n\nA: b\n\nAction: delayed\n\n--b--\n", 204},
		"a form":              {"application/x-www-form-urlencoded", one, 415},
		"no type of content":  {"", one, 415},
		"a type that is none": {";;", one, 415},
	} {
		h := newHook(key)
		w := h.answer(call(c.kind, c.body))
		if w.Code != c.want {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
		said := strings.TrimSpace(w.Body.String())
		if c.want != 204 && (len(h.recorded) > 0 || len(said) < 10 || strings.Contains(said,
			"json:") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain")) {
			t.Errorf("%s: recorded %v and said %q", name, h.recorded, said)
		}
	}
}

func TestOnlyAPostIsTakenAndOnlyUncompressed(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut,
		http.MethodDelete, http.MethodOptions} {
		r := call("application/json", one)
		r.Method = method
		if w := newHook(key).answer(r); w.Code != http.StatusMethodNotAllowed || w.Header().
			Get("Allow") != http.MethodPost {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	r := call("application/json", one)
	r.Header.Set("Content-Encoding", "gzip")
	if w := newHook(key).answer(r); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("compressed: %d", w.Code)
	}
}

func TestWithoutAKeyThereIsNoHook(t *testing.T) {
	t.Parallel()
	h := newHook()
	if w := h.answer(call("application/json", one)); w.Code != http.StatusNotFound ||
		len(h.recorded) > 0 {
		t.Errorf("%d, recorded %v", w.Code, h.recorded)
	}
}

func TestWhatCannotBeRecordedIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := newHook(key)
	h.fails = errors.New("the password of the database is hunter2")
	if w := h.answer(call("application/json", one)); w.Code != http.StatusInternalServerError ||
		strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	h.fails = nil
	if w := h.answer(call("application/json", one)); w.Code != http.StatusNoContent ||
		len(h.recorded) != 2 || h.recorded[0] != h.recorded[1] {
		t.Errorf("again: %d, recorded %v", w.Code, h.recorded)
	}
}

func TestLastingFailuresAndComplaintsCountAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, reason, want string }{
		{"bounced", "550 5.1.1 no such user", "550 5.1.1 no such user"},
		{"bounced", "550 no such user", "550 no such user"},
		{"bounced", "5.7.1 refused by policy", "5.7.1 refused by policy"},
		{"bounced", "smtp; 552-too large", "smtp; 552-too large"},
		{"bounced", "SMTP;550", "SMTP;550"},
		{"bounced", "mx.x.test [192.0.2.1] said: 550 5.2.1 (disabled)",
			"mx.x.test [192.0.2.1] said: 550 5.2.1 (disabled)"},
		{"bounced", "host 5.9.1.2 is slow", ""},
		{"bounced", "421 4.4.2 come back", ""},
		{"bounced", "452 too much mail", ""},
		{"bounced", "550 4.2.2 mailbox full", ""},
		{"bounced", "5501 nights", ""},
		{"bounced", "no idea", ""},
		{"bounced", "", ""},
		{"complained", "", "complaint"},
		{"complained", "550 spam", "complaint"},
		{"delivered", "250 2.0.0 ok", ""},
		{"deferred", "550 5.1.1 no such user", ""},
	} {
		h := newHook(key)
		body := `{"events":[{"messageId":" <m@x.test> ","recipient":"a@x.test","type":"` + c.kind +
			`","reason":"` + c.reason + `"}]}`
		var want []Report
		if c.want != "" {
			want = []Report{{"<m@x.test>", "a@x.test", c.want}}
		}
		if w := h.answer(call("application/json", body)); w.Code != http.StatusNoContent ||
			!slices.Equal(h.recorded, want) {
			t.Errorf("%s %q: %d, recorded %q", c.kind, c.reason, w.Code, h.recorded)
		}
	}
}
