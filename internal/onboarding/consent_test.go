package onboarding_test

import (
	"encoding/json"
	"strings"
	"testing"

	"usher/ent/schema"
	"usher/internal/acceptance"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/joinlink"
)

const (
	noticeURL = "https://acme.test/privacy"
	termsURL  = "https://acme.test/terms"
)

// requireConsent has a workspace ask for a version of its documents.
func requireConsent(p *apptest.Place, version string) {
	p.Configure(func(set *schema.WorkspaceSettings) {
		set.PrivacyURL, set.TermsURL = new(noticeURL), new(termsURL)
		set.ConsentRequired, set.ConsentVersion = true, &version
	})
}

// consents returns the versions that a member has consented to.
func consents(p *apptest.Place, id ident.ID) []string {
	p.T.Helper()
	var versions []string
	for _, c := range p.Store.Member.GetX(p.In(), id).Consents {
		if *c.PrivacyURL != noticeURL || *c.TermsURL != termsURL || c.GivenAt.IsZero() {
			p.T.Errorf("stored %+v", c)
		}
		versions = append(versions, c.Version)
	}
	return versions
}

// WSP-6: nobody accepts without the version that is asked, and a version is asked for once.
func TestAcceptingTakesAConsentOncePerVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		requireConsent(p, "2026-12")
		inv := sent(p, "grace@new.test")
		for _, in := range []*string{nil, new(""), new("2026-11")} {
			given := p.Mailed(inv)
			given.Consent = in
			_, err := p.Acceptances.Accept(t.Context(), nil, given, noOrigin)
			refused(t, err, fault.BadUserInput, "consent")
		}
		// Every fault of the form is told together.
		empty := p.Mailed(inv)
		empty.FirstName, empty.Password = nil, nil
		_, err := p.Acceptances.Accept(t.Context(), nil, empty, noOrigin)
		if f, ok := fault.Of(err); !ok || len(f.Violations()) != 3 {
			t.Errorf("told %+v", f)
		}

		in := p.Mailed(inv)
		in.Consent = new("2026-12")
		m := mustAccept(p, nil, in).Member
		same(t, "consents", consents(p, m.ID), []string{"2026-12"})
	})
}

// The signed-in person and the holder of an emailed link are asked for what they have not given.
func TestAPersonIsAskedOnceForEachVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		requireConsent(p, "2026-12")
		l := makeLink(p, link{})
		must(t, ask(p, l, "grace@new.test"))
		_, err := confirm(p, "grace@new.test")
		refused(t, err, fault.BadUserInput, "consent")
		in := acceptance.AcceptInput{Token: token(p, requests(p, "grace@new.test")[0]),
			Password: new(apptest.Password), Consent: new("2026-12")}
		joined, err := p.JoinLinks.Confirm(t.Context(), nil, in, noOrigin)
		must(t, err)
		m := joined.Member
		same(t, "consents", consents(p, m.ID), []string{"2026-12"})

		// Signed in, through another page: the version is known.
		second := makeLink(p, link{})
		signedIn := func(version *string) error {
			_, err := p.JoinLinks.Join(t.Context(), p.Caller(m), joinlink.JoinInput{
				Slug: second.Slug, Email: "grace@new.test", Consent: version}, account.Origin{})
			return err
		}
		page := func() *string {
			shown, err := p.JoinLinks.JoinPage(t.Context(), p.Caller(m), second.Slug)
			must(t, err)
			if shown.Consent == nil {
				return nil
			}
			return &shown.Consent.Version
		}
		same(t, "asked", page(), nil)
		requireConsent(p, "2027-01")
		same(t, "asked", *page(), "2027-01")
		refused(t, signedIn(nil), fault.BadUserInput, "consent")
		must(t, signedIn(new("2027-01")))
		same(t, "consents", consents(p, m.ID), []string{"2026-12", "2027-01"})
		same(t, "asked", page(), nil)

		d, err := p.Members.PersonalData(t.Context(), p.Caller(m), nil)
		must(t, err)
		text, err := json.Marshal(d)
		must(t, err)
		if !strings.Contains(string(text), `"version":"2027-01"`) {
			t.Errorf("not exported: %s", text)
		}
	})
}

// A request that waits keeps the consent for the member that an approval makes, and a rejection
// forgets it.
func TestAnApprovalKeepsTheConsentOfTheRequest(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		requireConsent(p, "2026-12")
		l := makeLink(p, link{RequiresApproval: new(true)})
		for _, email := range []string{"grace@new.test", "eve@new.test"} {
			must(t, ask(p, l, email))
			_, err := p.JoinLinks.Confirm(t.Context(), nil, acceptance.AcceptInput{
				Token: token(p, requests(p, email)[0]), Password: new(apptest.Password),
				Consent: new("2026-12")}, noOrigin)
			must(t, err)
		}
		_, err := p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin),
			requests(p, "grace@new.test")[0].ID)
		must(t, err)
		same(t, "consents", consents(p, p.Member("grace@new.test").ID), []string{"2026-12"})
		_, err = p.JoinLinks.Reject(t.Context(), p.Caller(p.Admin),
			requests(p, "eve@new.test")[0].ID, nil)
		must(t, err)
		same(t, "kept", len(requests(p, "eve@new.test")[0].Consents), 0)
	})
}

// A wrong PIN without a consent is no try, and a card takes both.
func TestRedeemingACardTakesAConsent(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		requireConsent(p, "2026-12")
		m := mailless(p, "ann.lee", nil)
		same(t, "consents of a created account", len(consents(p, m.ID)), 0)
		c := issue(p, m)
		refused(t, redeem(p, guessing(c)), fault.BadUserInput, "consent")
		same(t, "tries", p.Store.Card.Query().OnlyX(p.In()).Tries, 0)
		in := using(c)
		in.Consent = new("2026-12")
		must(t, redeem(p, in))
		same(t, "consents", consents(p, m.ID), []string{"2026-12"})
	})
}
