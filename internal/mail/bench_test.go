package mail

import (
	"testing"

	"usher/internal/devmail"
	"usher/internal/i18n"
)

// BenchmarkRender is the cost of one invitation in words.
func BenchmarkRender(b *testing.B) {
	c := Content{Kind: Invitation, Locale: i18n.French, Workspace: Workspace{Name: "Acme"},
		InviterName: "Ada", Link: "https://u.test/x"}
	for b.Loop() {
		if _, err := Render(c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSend is the cost of handing one mail to a server on the same machine, over a kept
// connection.
func BenchmarkSend(b *testing.B) {
	box, err := devmail.Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	s, err := NewSMTP("smtp://"+box.Addr(), sender)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r, err := Render(Content{Kind: Invitation, Locale: i18n.French, Link: "https://u.test/x"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Send(b.Context(), Envelope{To: "a@x.test", MessageID: "<a@b.test>",
			Rendered: r}); err != nil {
			b.Fatal(err)
		}
	}
}
