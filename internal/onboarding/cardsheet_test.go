package onboarding_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/card"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

var printedCode = regexp.MustCompile(`>([B-Z2-9]{5}-[B-Z2-9]{5})<`)

// sheet renders the cards that were issued together.
func sheet(p *apptest.Place, by *ent.Member, issued *card.IssuedCards) (string, error) {
	p.T.Helper()
	return p.Cards.RenderSheet(p.T.Context(), p.Caller(by), issued.Sheet, i18n.English)
}

// AHD-2: many cards are one document to print and cut.
func TestThirtyCardsAreOneSheet(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		var ids []ident.ID
		var french ident.ID
		for i := range 30 {
			m := mailless(p, fmt.Sprintf("pupil%02d", i), nil)
			ids, french = append(ids, m.ID), m.UserID
		}
		changeUser(p, french, func(u *ent.UserUpdateOne) { u.SetLocale("fr") })
		ids = append(ids, p.Admin.ID, ids[0])
		issued, err := p.Cards.IssueCards(t.Context(), p.Caller(p.Admin),
			admission.MemberSelection{IDs: ids})
		if err != nil || len(issued.Results) != 32 {
			t.Fatalf("%+v, %v", issued, err)
		}
		if f := issued.Results[30].Fault; f == nil || f.Code != fault.Forbidden {
			t.Errorf("one's own: %+v", f)
		}
		if issued.Results[31] != issued.Results[0] {
			t.Error("a second mention got a second card")
		}

		page, err := sheet(p, p.Admin, issued)
		if err != nil {
			t.Fatal(err)
		}
		codes := printedCode.FindAllStringSubmatch(page, -1)
		if len(codes) != 30 || strings.Count(page, `role="img"`) != 30 ||
			strings.Count(page, `class="a4"`) != 4 || strings.Count(page, `class="cut"`) != 4 {
			t.Errorf("%d codes, %d pictures, %d pages", len(codes),
				strings.Count(page, `role="img"`), strings.Count(page, `class="a4"`))
		}
		for _, result := range issued.Results[:30] {
			for _, said := range []string{result.Card.Code.Reveal(), result.Card.PIN.Reveal()} {
				if strings.Count(page, ">"+said+"<") != 1 {
					t.Errorf("%q is there %d times", said, strings.Count(page, ">"+said+"<"))
				}
			}
		}
		for _, said := range []string{"Page 1 of 4", "Page 4 of 4", `lang="fr"`, "Identifiant",
			strings.TrimPrefix(p.URL, "https://") + "/card<", "sign-in?workspace=acme"} {
			if !strings.Contains(page, said) {
				t.Errorf("the sheet does not say %q", said)
			}
		}
		if err := redeem(p, byCode(issued.Results[3].Card)); err != nil {
			t.Error(err)
		}
		if err := redeem(p, using(issued.Results[4].Card)); err != nil {
			t.Error(err)
		}
		issue(p, &ent.Member{ID: ids[5]})
		page, err = sheet(p, p.Admin, issued)
		if n := len(printedCode.FindAllString(page, -1)); err != nil || n != 27 {
			t.Errorf("after two were used and one was issued again: %d cards, %v", n, err)
		}
	})
}

func TestASheetIsForItsIssuerForTenMinutes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Join("other@acme.test", &grants{Roles: []string{access.Admin}})
		issuer := p.Join("issuer@acme.test", &grants{Roles: []string{access.Admin}})
		which := admission.MemberSelection{IDs: []ident.ID{mailless(p, "ann", nil).ID}}
		issued, err := p.Cards.IssueCards(t.Context(), p.Caller(issuer), which)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sheet(p, issuer, issued); err != nil {
			t.Fatal(err)
		}
		_, err = sheet(p, other, issued)
		refused(t, err, fault.NotFound, "")
		_, err = p.Cards.RenderSheet(t.Context(), nil, issued.Sheet, i18n.English)
		refused(t, err, fault.Unauthenticated, "")
		_, err = p.Cards.RenderSheet(t.Context(), p.Caller(issuer), ident.New(ident.Card), i18n.English)
		refused(t, err, fault.NotFound, "")
		p.Clock.Add(10*time.Minute - time.Second)
		if _, err := sheet(p, issuer, issued); err != nil {
			t.Error(err)
		}
		p.Clock.Add(time.Second)
		_, err = sheet(p, issuer, issued)
		refused(t, err, fault.NotFound, "")

		again, err := p.Cards.IssueCards(t.Context(), p.Caller(issuer), which)
		if err != nil {
			t.Fatal(err)
		}
		by := p.Caller(issuer)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.DeleteOneID(issuer.ID).Exec(ctx)
		})
		by.Memberships = nil // as the next request loads them
		_, err = p.Cards.RenderSheet(t.Context(), by, again.Sheet, i18n.English)
		refused(t, err, fault.NotFound, "")
	})
}

// Cards for the members of an import: those whom it has created and whom the caller sees.
func TestCardsAreIssuedForThoseWhomAnImportCreated(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		known := mailless(p, "known", nil)
		b := run(p, upload(p, importbatch.ActionCreate, importbatch.ExistingUpdate,
			"username,first name,last name,groups\nann,Ann,Lee,Class\nben,Ben,Lee,Class\n"+
				"cid,Cid,Lee,\nknown,K,L,Class\n")).ID
		all, err := p.Cards.SelectImported(t.Context(), p.Caller(p.Admin), b, ident.ID{})
		if err != nil {
			t.Fatal(err)
		}
		issued, err := p.Cards.IssueCards(t.Context(), p.Caller(p.Admin), all)
		if err != nil || len(issued.Results) != 3 || issued.Next != nil {
			t.Fatalf("%+v, %v", issued, err)
		}
		for _, result := range issued.Results {
			if result.Fault != nil || result.MemberID == known.ID {
				t.Errorf("%+v", result)
			}
		}
		rest, err := p.Cards.SelectImported(t.Context(), p.Caller(p.Admin), b,
			issued.Results[0].MemberID)
		if err != nil {
			t.Fatal(err)
		}
		some, err := p.Cards.IssueCards(t.Context(), p.Caller(p.Admin), rest)
		if err != nil || !slices.EqualFunc(some.Results, issued.Results[1:],
			func(a, b card.IssueResult) bool { return a.MemberID == b.MemberID }) {
			t.Errorf("behind the first: %+v, %v", some, err)
		}

		here := p.Join("here@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(class)})
		_, err = p.Cards.SelectImported(t.Context(), p.Caller(here), b, ident.ID{})
		refused(t, err, fault.NotFound, "")
		_, err = p.Cards.SelectImported(t.Context(), nil, b, ident.ID{})
		refused(t, err, fault.Unauthenticated, "")
	})
}
