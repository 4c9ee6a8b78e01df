package devmail

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

const sample = "From: =?utf-8?q?Zo=C3=A9?= <zoe@example.org>\r\nTo: bob@example.org\r\nSubject: =?utf-8?q?H=C3=A9llo_<b>?=\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=xx\r\n\r\n" +
	"--xx\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSee=20\r\nhttps://u.test/a?b=3D1&c\r\n.dot\r\n\r\n" +
	"--xx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+PGEgaHJlZj0iaHR0cHM6Ly91LnRlc3QvYSI+w6k8L2E+PC9wPg==\r\n--xx--\r\n"

func open(t *testing.T) *Mailbox {
	t.Helper()
	m, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func send(t *testing.T, m *Mailbox, to, raw string) error {
	t.Helper()
	return smtp.SendMail(m.Addr(), nil, "zoe@example.org", []string{to}, []byte(raw))
}

func TestAMailIsKeptAsItCameAndDecoded(t *testing.T) {
	t.Parallel()
	m := open(t)
	if err := send(t, m, "bob@example.org", sample); err != nil {
		t.Fatal(err)
	}
	x := m.Messages()[0]
	if x.Subject != "Héllo <b>" || x.From != "zoe@example.org" || len(x.To) != 1 ||
		x.To[0] != "bob@example.org" {
		t.Errorf("got %q from %q to %q", x.Subject, x.From, x.To)
	}
	if want := "See \nhttps://u.test/a?b=1&c\n.dot\n"; x.Text != want {
		t.Errorf("text %q, want %q", x.Text, want)
	}
	if want := `<p><a href="https://u.test/a">é</a></p>`; x.HTML != want {
		t.Errorf("html %q, want %q", x.HTML, want)
	}
	if string(x.Raw) != sample {
		t.Errorf("raw differs: %q", x.Raw)
	}
}

func TestSomeRecipientsAreRefused(t *testing.T) {
	t.Parallel()
	m := open(t)
	for to, code := range map[string]string{"tempfail-1@x.test": "451", "Reject@x.test": "550",
		"bounce.me@x.test": "550"} {
		if err := send(t, m, to, sample); err == nil || !strings.HasPrefix(err.Error(), code) {
			t.Errorf("%s answered %v, want %s", to, err, code)
		}
	}
	if n := len(m.Messages()); n != 0 {
		t.Errorf("%d messages were kept", n)
	}
}

func TestWaitForSeesWhatComesLater(t *testing.T) {
	t.Parallel()
	m := open(t)
	go func() {
		for _, to := range []string{"other@x.test", "bob@x.test", "BOB@x.test"} {
			_ = smtp.SendMail(m.Addr(), nil, "a@x.test", []string{to},
				[]byte("Subject: "+to+"\r\n\r\nHi\r\n"))
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	got, err := m.WaitFor(ctx, "bob@x.test", 2)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %d messages, %v", len(got), err)
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if got, err := m.WaitFor(short, "bob@x.test", 3); err == nil || len(got) != 2 {
		t.Errorf("a third message was promised: %d, %v", len(got), err)
	}
}

func TestOnlyTheLastThousandAreKept(t *testing.T) {
	t.Parallel()
	m := open(t)
	for i := range maxMessages + 5 {
		m.storeMessage(Message{Subject: fmt.Sprint(i)})
	}
	got := m.Messages()
	if len(got) != maxMessages || got[0].Subject != "5" || got[0].ID != "6" {
		t.Errorf("%d kept, the first is %q with id %s", len(got), got[0].Subject, got[0].ID)
	}
	if _, found := m.Message("1"); found {
		t.Error("the first is still found")
	}
}

func TestThePagesShowTheMailAndEscapeIt(t *testing.T) {
	t.Parallel()
	m := open(t)
	for _, to := range []string{"bob@example.org", "eve@example.org"} {
		if err := send(t, m, to, sample); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		path, language string
		status         int
		want, not      string
	}{
		{"/mailbox", "en", 200, "2 emails, newest first", "<b>"},
		{"/mailbox", "fr-CA, en;q=0.5", 200, "Boîte aux lettres", ""},
		{"/mailbox?to=BOB@example.org", "en", 200, "1 email, newest first", "eve@"},
		{"/mailbox/1", "en", 200, "Héllo &lt;b&gt;", "<b>"},
		{"/mailbox/1", "en", 200,
			`<a href="https://u.test/a?b=1&amp;c">https://u.test/a?b=1&amp;c</a>`, ""},
		{"/mailbox/1", "en", 200, `sandbox="allow-popups allow-popups-to-escape-sandbox"`,
			"<script"},
		{"/mailbox/1/html", "en", 200,
			`<a target="_blank" rel="noopener" href="https://u.test/a">é</a>`, ""},
		{"/mailbox/1/raw", "en", 200, "boundary=xx", ""},
		{"/mailbox/99", "fr", 404, "Ce message n’existe pas", ""},
		{"/mailbox/style.css", "en", 200, "light-dark", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Language", c.language)
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.want) ||
			(c.not != "" && strings.Contains(body, c.not)) {
			t.Errorf("%s: %d, wanted %q and not %q:\n%s", c.path, w.Code, c.want, c.not, body)
		}
		if strings.HasSuffix(c.path, ".css") {
			continue
		}
		for _, h := range []string{"Content-Security-Policy", "Referrer-Policy", "Cache-Control",
			"Content-Type"} {
			if w.Header().Get(h) == "" {
				t.Errorf("%s lacks %s", c.path, h)
			}
		}
		if _, err := html.Parse(strings.NewReader(body)); err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/mailbox", nil)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, r)
	if body := w.Body.String(); strings.Index(body, "/mailbox/2") > strings.Index(body,
		"/mailbox/1") {
		t.Error("the newest mail is not the first")
	}
	r = httptest.NewRequest(http.MethodPost, "/mailbox", nil)
	w = httptest.NewRecorder()
	if m.Handler().ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answered %d", w.Code)
	}
}

// FuzzParse shows that no message makes the mailbox fall over.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"))
	f.Add([]byte("\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if x := parseMessage(raw); string(x.Raw) != string(raw) {
			t.Error("the wire form changed")
		}
	})
}
