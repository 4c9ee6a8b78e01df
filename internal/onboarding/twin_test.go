package onboarding_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/ent/mail"
	"usher/ent/member"
	"usher/internal/apptest"
	"usher/internal/imports"
	"usher/internal/store"
)

// twins starts two imports at the same moment and waits for both. Their mails are promised, for
// tomorrow.
func twins(p *apptest.Place, a, b *ent.ImportBatch) []*ent.ImportBatch {
	p.T.Helper()
	start := func(b *ent.ImportBatch) func() error {
		return func() error {
			_, err := p.Imports.StartImport(p.T.Context(), p.Caller(p.Admin),
				imports.StartInput{ID: b.ID, EmailAt: after(p, day)})
			return err
		}
	}
	for _, err := range race(start(a), start(b)) {
		if err != nil {
			p.T.Fatal(err)
		}
	}
	p.Eventually("both are done", func() bool {
		return imported(p, a.ID).Status == importbatch.StatusCompleted && imported(p, b.ID).
			Status == importbatch.StatusCompleted
	})
	return []*ent.ImportBatch{imported(p, a.ID), imported(p, b.ID)}
}

// previewed waits for the preview of a file that is too long to be previewed at once.
func previewed(p *apptest.Place, b *ent.ImportBatch) *ent.ImportBatch {
	p.T.Helper()
	p.Eventually("the import is previewed", func() bool {
		return imported(p, b.ID).Status == importbatch.StatusPreviewed
	})
	return imported(p, b.ID)
}

// once holds that n people have one mail of a kind each, and that no row of the imports was in
// error.
func once(p *apptest.Place, kind string, n int, done []*ent.ImportBatch) {
	p.T.Helper()
	for _, b := range done {
		same(p.T, "processed", b.ProcessedRows, b.TotalRows)
		same(p.T, "wrong", b.ErrorCount, 0)
	}
	var perPerson []struct {
		To    string `sql:"to_key"`
		Count int    `sql:"count"`
	}
	if err := p.Store.Mail.Query().Where(mail.Kind(kind)).GroupBy(mail.FieldToKey).
		Aggregate(ent.Count()).
		Scan(store.AsSystem(p.T.Context(), "a test looks"), &perPerson); err != nil {
		p.T.Fatal(err)
	}
	same(p.T, "people with a mail", len(perPerson), n)
	for _, who := range perPerson {
		if who.Count != 1 {
			p.T.Errorf("%s is owed %d mails", who.To, who.Count)
		}
	}
}

func TestTwoCopiesOfAFileAtOnceInviteEachPersonOnce(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const people = 4_500 // three transactions each, so that they meet in the midst of it
		p := k.Found("Acme", "acme")
		p.Group("Class 0", "PRIVATE", nil)
		p.Group("Class 1", "PRIVATE", nil)
		text := crowdFile(people)
		a := previewed(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip, text))
		// The other copy the other way round: whoever locks as they come would wait for each other
		// in a circle.
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for i, j := 1, len(lines)-1; i < j; i, j = i+1, j-1 {
			lines[i], lines[j] = lines[j], lines[i]
		}
		b := previewed(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			strings.Join(lines, "\n")))
		same(t, "both would invite all", a.InviteCount+b.InviteCount, 2*people)
		done := twins(p, a, b)
		once(p, "invitation", people, done)
		same(t, "invitations", p.CountInvitations(), people)
		same(t, "pending", p.Store.Invitation.Query().
			Where(invitation.StatusEQ(invitation.StatusPending)).CountX(p.In()), people)
		same(t, "invited by either", done[0].InviteCount+done[1].InviteCount, people)
		same(t, "left as they were by the other", done[0].UnchangedCount+
			done[1].UnchangedCount, people)
		t.Logf("%s; %s", counts(done[0]), counts(done[1]))
	})
}

func TestTwoCopiesOfAFileAtOnceCreateEachPersonOnce(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const people = 120
		p := k.Found("Acme", "acme")
		seats := p.SeatsTaken()
		var text strings.Builder
		text.WriteString("last name,first name,email,send credentials\n")
		for i := range people {
			fmt.Fprintf(&text, "Last%d,First%d,person%d@crowd.test,1\n", i, i, i)
		}
		a := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, text.String())
		b := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, text.String())
		done := twins(p, a, b)
		once(p, "credentials", people, done)
		same(t, "members", p.Store.Member.Query().
			Where(member.JoinedViaEQ(member.JoinedViaImported)).CountX(p.In()), people)
		same(t, "seats", p.SeatsTaken(), seats+people)
		same(t, "created by either", done[0].CreateCount+done[1].CreateCount, people)
		same(t, "left as they were by the other", done[0].UnchangedCount+
			done[1].UnchangedCount, people)
	})
}
