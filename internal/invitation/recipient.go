package invitation

import (
	"fmt"
	"strings"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
)

// MaxInvited is how many addresses one request takes (INV-1).
const MaxInvited = 500

// Recipient is one distinct address of a request, or what stood where one should.
type Recipient struct {
	address.Address
	Raw         string
	First, Last string
	Locale      string       // of their own; empty follows the grant
	member      *ent.Member  // who is named as one
	Grant       schema.Grant // what to give them
	err         *fault.Error
}

// parseRecipients gathers the addresses of a request, whichever way they came, each once, in order.
// A bad one is kept, with why.
func (in *InviteInput) parseRecipients() ([]*Recipient, error) {
	var list []*Recipient
	seen := map[string]bool{}
	add := func(p *Recipient) {
		key := p.Key
		if p.err != nil {
			key = "?" + p.Raw
		}
		if !seen[key] {
			seen[key] = true
			list = append(list, p)
		}
	}
	for _, raw := range in.Emails {
		add(parseRecipient(raw))
	}
	if in.Text != nil {
		for _, e := range address.ParseList(*in.Text) {
			p := &Recipient{Address: e.Address, Raw: e.Raw}
			if e.Err != nil {
				p.err, _ = fault.Of(e.Err)
			}
			if p.err != nil && p.err.Field == "text" {
				return nil, p.err // too much of it, as a whole
			}
			p.First, p.Last = personNameOf(e.Address)
			add(p)
		}
	}
	for i, invitee := range in.People {
		p := parseRecipient(invitee.Email)
		for _, part := range []struct {
			name string
			from *string
			to   *string
		}{{"firstName", invitee.FirstName, &p.First}, {"lastName", invitee.LastName, &p.Last}} {
			typed, err := inputs.ParsePersonName(fmt.Sprintf("people.%d.%s", i, part.name),
				part.from)
			if err != nil {
				return nil, err
			}
			if typed != "" {
				*part.to = typed
			}
		}
		add(p)
	}
	switch {
	case len(list) == 0:
		return nil, fault.Input("emails", "invite.nobody")
	case len(list) > MaxInvited:
		return nil, fault.Input("emails", "invite.too_many",
			i18n.Args{"Max": MaxInvited, "Given": len(list)})
	}
	return list, nil
}

func parseRecipient(raw string) *Recipient {
	p := &Recipient{Raw: strings.TrimSpace(raw)}
	a, err := address.Parse(raw)
	p.Address = a
	if err != nil {
		p.err, _ = fault.Of(err)
	}
	p.First, p.Last = personNameOf(a)
	return p
}

// personNameOf is the name that was pasted with an address, where it is the name of a person; see
// address.SplitPersonName.
func personNameOf(a address.Address) (first, last string) { return address.SplitPersonName(a.Name) }
