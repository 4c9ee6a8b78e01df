package mirror

import (
	"context"
	"hash/maphash"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// Presence holds whom a file names, by external id, address and username.
type Presence struct {
	seed maphash.Seed
	// hashes, which keep the memory of a file of 100,000 rows small. A collision keeps somebody who
	// is absent; the seed keeps it out of reach of the file's author.
	seen     map[uint64]struct{}
	nameless int
}

// NewPresence returns the presence of a file without rows.
func NewPresence() *Presence {
	return &Presence{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
}

// NoteRow notes whom a row names. Rows in error count too: a mistyped group must not make a member
// leave. A row that names nobody may be about anybody.
func (p *Presence) NoteRow(externalID, emailKey, usernameKey string) {
	if externalID+emailKey+usernameKey == "" {
		p.nameless++
	}
	for prefix, name := range map[string]string{"#": externalID, "": emailKey, "@": usernameKey} {
		if name != "" {
			p.seen[maphash.String(p.seed, prefix+name)] = struct{}{}
		}
	}
}

// holds tells whether a row names a member.
func (p *Presence) holds(m *ent.Member) bool {
	for prefix, name := range map[string]string{"#": inputs.ValueOrEmpty(m.ExternalID),
		"": m.EmailKey, "@": m.UsernameKey} {
		if _, seen := p.seen[maphash.String(p.seed, prefix+name)]; seen && name != "" {
			return true
		}
	}
	return false
}

// membersPerPage is how many members are read at a time.
const membersPerPage = 5_000

// ForEachAbsent passes the active members of a source whom no row names, with their accounts, page
// by page in the order of their ids. ctx is limited to the workspace.
func (p *Presence) ForEachAbsent(ctx context.Context, db *ent.Client, source string,
	do func([]*ent.Member) error) error {
	for after := (ident.ID{}); ; {
		page, err := ofSource(db, source).Where(member.IDGT(after)).
			Order(ent.Asc(member.FieldID)).Limit(membersPerPage).
			Select(member.FieldExternalID, member.FieldEmailKey, member.FieldUsernameKey).All(ctx)
		if len(page) == 0 || err != nil {
			return err
		}
		// The next page begins behind this one, even if all of it was deactivated meanwhile.
		after = page[len(page)-1].ID
		var absent []ident.ID
		for _, m := range page {
			if !p.holds(m) {
				absent = append(absent, m.ID)
			}
		}
		if len(absent) == 0 {
			continue
		}
		// Few members are absent, so only their accounts are read.
		members, err := db.Member.Query().Where(member.IDIn(absent...)).WithUser().
			Order(ent.Asc(member.FieldID)).All(ctx)
		if err != nil {
			return err
		}
		if err := do(members); err != nil {
			return err
		}
	}
}

// ofSource selects the active members whose external id a source set.
func ofSource(db *ent.Client, source string) *ent.MemberQuery {
	// The condition on the external id lets the index of external ids find them.
	return db.Member.Query().Where(member.StatusEQ(member.StatusActive),
		member.ExternalIDNotNil(), member.ExternalSource(source))
}
