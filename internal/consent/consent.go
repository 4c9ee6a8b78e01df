// Package consent holds the consent of people to the privacy notice and the terms of a workspace
// (WSP-6): what a workspace asks for, whether a person has given it, and its record at the member.
package consent

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/store"
)

// Field is the name of the input that holds the version.
const Field = "consent"

// Request is the consent that a workspace asks a person for.
type Request struct {
	Version    string
	PrivacyURL *string
	TermsURL   *string

	workspaceName string
}

// Of returns what a workspace asks of a person who has not consented yet; nil for nothing.
func Of(w *ent.Workspace) *Request {
	set := w.Settings
	version := inputs.ValueOrEmpty(set.ConsentVersion)
	if !set.ConsentRequired || version == "" || set.PrivacyURL == nil && set.TermsURL == nil {
		return nil
	}
	return &Request{Version: version, PrivacyURL: set.PrivacyURL, TermsURL: set.TermsURL,
		workspaceName: w.Name}
}

// Documents returns the key of the sentence beside the box, which depends on the documents that there
// are, and their addresses in the order of the sentence.
func (r *Request) Documents() (key string, urls []string) {
	switch {
	case r.TermsURL == nil:
		return "consent.box_privacy", []string{*r.PrivacyURL}
	case r.PrivacyURL == nil:
		return "consent.box_terms", []string{*r.TermsURL}
	}
	return "consent.box_both", []string{*r.PrivacyURL, *r.TermsURL}
}

// AskedOf is Of for the member that the predicates select: nil if that member has consented to the
// present version.
func AskedOf(ctx context.Context, client *ent.Client, w *ent.Workspace,
	who ...predicate.Member) (_ *Request, err error) {
	defer fault.Annotate(&err, "load consent")

	asked := Of(w)
	if asked == nil {
		return nil, nil
	}
	// Only the holder of a verified link, or the signed-in person, gets here.
	m, err := client.Member.Query().Where(who...).Only(store.InWorkspace(ctx, w.ID))
	if ent.IsNotFound(err) {
		return asked, nil
	}
	// Once given, a consent holds until the documents get another version.
	if err != nil || asked.isGivenBy(m) {
		return nil, err
	}
	return asked, nil
}

// isGivenBy tells whether a member has consented to the version.
func (r *Request) isGivenBy(m *ent.Member) bool {
	return slices.ContainsFunc(m.Consents, func(c schema.Consent) bool {
		return c.Version == r.Version
	})
}

// Accept returns the consent that a person gives by naming its version; nil if nothing is asked.
// BAD_USER_INPUT at "consent" for a missing version, and for another one than is asked: the
// documents have changed since the person read them.
func (r *Request) Accept(version *string, now time.Time) (*schema.Consent, error) {
	switch {
	case r == nil:
		return nil, nil
	case inputs.ValueOrEmpty(version) == "":
		return nil, fault.Input(Field, "consent.missing", i18n.Args{"Workspace": r.workspaceName})
	case *version != r.Version:
		return nil, fault.Input(Field, "consent.changed", i18n.Args{"Workspace": r.workspaceName})
	}
	// With the addresses of this day, which tell later what the person could read.
	return &schema.Consent{Version: r.Version, GivenAt: now, PrivacyURL: r.PrivacyURL,
		TermsURL: r.TermsURL}, nil
}

// Record adds consents to those of a member, each version once. The transaction holds the lock of
// the member or has made them.
func Record(ctx context.Context, tx *store.Tx, m *ent.Member,
	given ...schema.Consent) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "record consent")

	// Read again: the row may be older than the lock.
	if len(given) == 0 {
		return m, nil
	}
	row, err := tx.Member.Query().Where(member.ID(m.ID)).Only(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(row.Consents)
	for _, c := range given {
		// The first time counts: a repetition is no consent of its own.
		if !slices.ContainsFunc(all, func(earlier schema.Consent) bool {
			return earlier.Version == c.Version
		}) {
			all = append(all, c)
		}
	}
	if len(all) == len(row.Consents) {
		return m, nil
	}
	return tx.Member.UpdateOne(row).SetConsents(all).Save(ctx)
}

// List returns a consent as the list that Record takes; empty for none.
func List(given *schema.Consent) []schema.Consent {
	if given == nil {
		return nil
	}
	return []schema.Consent{*given}
}
