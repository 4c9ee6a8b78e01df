package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/devmail"
	"usher/internal/i18n"
)

const sender = "Usher <no-reply@example.org>"

func sink(t *testing.T) *devmail.Mailbox {
	t.Helper()
	box, err := devmail.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

func dialer(t *testing.T, rawURL string) *SMTP {
	t.Helper()
	s, err := NewSMTP(rawURL, sender)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func envelope(t *testing.T, to string) Envelope {
	t.Helper()
	r, err := Render(sample(t, Invitation, i18n.French))
	if err != nil {
		t.Fatal(err)
	}
	return Envelope{To: to, MessageID: "<abc.1@usher.example.org>", Rendered: r}
}

func TestAMailArrivesAsItWasRendered(t *testing.T) {
	t.Parallel()
	box := sink(t)
	e := envelope(t, "Zoe.Martin+x@bücher.example")
	e.ToName, e.ReplyTo, e.ListUnsubscribe = "Zoé Martin", "Ada Lovelace <ada@acme.test>",
		"https://usher.example.org/preferences/k7Qp2"
	if err := dialer(t, "smtp://"+box.Addr()).Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}

	x := box.Messages()[0]
	if x.Text != e.Text || x.HTML != e.HTML || x.Subject != e.Subject {
		t.Errorf("subject %q, text and HTML:\n%s\n%s", x.Subject, x.Text, x.HTML)
	}
	if x.From != "no-reply@example.org" || x.To[0] != "Zoe.Martin+x@xn--bcher-kva.example" {
		t.Errorf("envelope from %s to %s", x.From, x.To)
	}
	for header, want := range map[string]string{
		"From":     `"Ada Lovelace via Acme Academy" <no-reply@example.org>`,
		"To":       "Zoé Martin <Zoe.Martin+x@xn--bcher-kva.example>",
		"Reply-To": `"Ada Lovelace" <ada@acme.test>`, "Message-Id": "<abc.1@usher.example.org>",
		"Auto-Submitted":        "auto-generated",
		"List-Unsubscribe":      "<https://usher.example.org/preferences/k7Qp2>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Content-Language":      "fr", "Mime-Version": "1.0",
	} {
		if got := x.Header(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	if _, err := netmail.ParseDate(x.Headers.Get("Date")); err != nil {
		t.Errorf("date: %v", err)
	}
	for line := range strings.SplitSeq(string(x.Raw), "\r\n") {
		if len(line) > 200 || strings.ContainsAny(line, "\r\n") ||
			strings.ContainsFunc(line, func(r rune) bool {
				return r > 126
			}) {
			t.Errorf("the wire form has the line %q", line)
		}
	}
}

func TestHeadersHoldWhateverNamesDo(t *testing.T) {
	t.Parallel()
	box := sink(t)
	s := dialer(t, "smtp://"+box.Addr())
	for i, name := range []string{
		"Eve\r\nBcc: victim@x.test\r\n\r\n<b>body</b>", "=?utf-8?q?x=0D=0ABcc:_v@x.test?=",
		strings.Repeat("=?é?=", 40),
		`quote " back \ slash <a@b.test>, c@d.test`, "\u202eevil\u2066", strings.Repeat("é", 300),
		"\x00\x7f", "名前 太郎",
	} {
		to := fmt.Sprintf("r%d@x.test", i)
		c := sample(t, Invitation, i18n.English)
		c.InviterName, c.Workspace.Name = name, name
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		e := Envelope{To: to, ToName: name, MessageID: "<a@b.test>", Rendered: r}
		if err := s.Send(t.Context(), e); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		got, err := box.WaitFor(t.Context(), to, 1)
		if err != nil {
			t.Fatal(err)
		}
		x := got[0]
		if x.Headers.Get("Bcc") != "" || len(x.Headers["To"]) != 1 || len(x.To) != 1 ||
			x.Text != r.Text || x.HTML != r.HTML {
			t.Errorf("%q changed the mail:\n%s", name, x.Raw)
		}
		if x.Subject != r.Subject {
			t.Errorf("%q: the subject reads %q, want %q", name, x.Subject, r.Subject)
		}
		// quoted, it is no encoded word, but many mail programs decode it
		if strings.Contains(string(x.Raw), `"=?`) {
			t.Errorf("%q stands in a header as it is: %s", name, x.Headers.Get("To"))
		}
		address, err := netmail.ParseAddress(x.Headers.Get("To"))
		if err != nil || address.Address != to || address.Name != cleanLine(name, maxName) {
			t.Errorf("%q: To reads %q, %v", name, x.Headers.Get("To"), err)
		}
	}
}

func TestEnvelopesThatNoServerCanTakeFailForGood(t *testing.T) {
	t.Parallel()
	box := sink(t)
	s := dialer(t, "smtp://"+box.Addr())
	for name, spoil := range map[string]func(*Envelope){
		"a line break in the address": func(e *Envelope) {
			e.To = "a@x.test>\r\nRCPT TO:<b@x.test"
		},
		"two addresses":            func(e *Envelope) { e.To = "a@x.test,b@x.test" },
		"a bracket in the address": func(e *Envelope) { e.To = "a>@x.test" },
		"no address":               func(e *Envelope) { e.To = "" },
		"no Message-ID":            func(e *Envelope) { e.MessageID = "" },
		"a line break in the Message-ID": func(e *Envelope) {
			e.MessageID = "<a@b.test>\r\nBcc: c@x.test"
		},
		"a malformed sender": func(e *Envelope) { e.From = "nobody" },
		"a malformed Reply-To": func(e *Envelope) {
			e.ReplyTo = "a@x.test\r\nBcc: c@x.test"
		},
		"a relative preferences page": func(e *Envelope) {
			e.ListUnsubscribe = "/preferences/x"
		},
	} {
		e := envelope(t, "a@x.test")
		spoil(&e)
		var failed *DeliveryError
		if err := s.Send(t.Context(), e); !errors.As(err, &failed) || !failed.Permanent ||
			failed.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(box.Messages()); n != 0 {
		t.Errorf("%d were sent all the same", n)
	}
}

func TestAServersRefusalSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	box := sink(t)
	s := dialer(t, "smtp://"+box.Addr())
	for _, c := range []struct {
		to        string
		permanent bool
		code      int
		reason    string
	}{
		{"tempfail@x.test", false, 451, "4.3.0 Mailbox busy, try again later"},
		{"reject-me@x.test", true, 550, "5.1.1 No such mailbox here"},
	} {
		var failed *DeliveryError
		err := s.Send(t.Context(), envelope(t, c.to))
		if !errors.As(err, &failed) || failed.Permanent != c.permanent || failed.Code != c.code ||
			failed.Reason != c.reason {
			t.Errorf("%s: %#v", c.to, err)
		}
	}
	// The same connection goes on to serve the next.
	if err := s.Send(t.Context(), envelope(t, "fine@x.test")); err != nil {
		t.Error(err)
	}
}

func TestManyMailsAtOnceShareConnectionsAndAllArrive(t *testing.T) {
	t.Parallel()
	box := sink(t)
	s := dialer(t, "smtp://"+box.Addr())
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 30 {
				e := envelope(t, fmt.Sprintf("r%d-%d@x.test", worker, i))
				if err := s.Send(t.Context(), e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if n := len(box.Messages()); n != 240 {
		t.Errorf("%d arrived", n)
	}
	if n := len(s.pool.idle); n == 0 || n > maxIdleConns {
		t.Errorf("%d connections are kept", n)
	}
	// Kept connections that died meanwhile cost nothing but a new one.
	box.Close()
	again, err := devmail.Listen(box.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := s.Send(t.Context(), envelope(t, "later@x.test")); err != nil {
		t.Error(err)
	}
}

func TestAServerThatCannotBeReachedIsATemporaryFailure(t *testing.T) {
	t.Parallel()
	box := sink(t)
	s := dialer(t, "smtp://"+box.Addr())
	box.Close()
	var failed *DeliveryError
	if err := s.Send(t.Context(), envelope(t, "a@x.test")); !errors.As(err, &failed) ||
		failed.Permanent || failed.Code != 0 {
		t.Errorf("got %v", err)
	} else if strings.Contains(failed.Reason, "127.0.0.1") {
		t.Errorf("the reason names the server: %s", failed.Reason)
	}
}

func TestASilentServerHoldsNobodyLongerThanTheContext(t *testing.T) {
	t.Parallel()
	addr := silent(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	var failed *DeliveryError
	if err := dialer(t, "smtp://"+addr).Send(ctx, envelope(t, "a@x.test")); !errors.As(err,
		&failed) || failed.Permanent {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
