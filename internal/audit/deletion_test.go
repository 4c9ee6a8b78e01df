package audit_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// readDeleted returns the ids that were deleted behind a cursor, once they are settled, and the new
// cursor.
func readDeleted(t *testing.T, p *apptest.Place, after *audit.DeletionCursor) (ids []ident.ID,
	end audit.DeletionCursor) {
	t.Helper()
	deleted := time.Now()
	for {
		before, err := p.Store.SettledBefore(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if before.After(deleted.Add(10 * time.Millisecond)) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	in := audit.DeletionRead{Workspace: p.Workspace.ID, After: after, Limit: 2}
	for {
		page, err := logOf(p.Kit).ReadDeletions(t.Context(), p.Caller(p.Admin), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Deletions {
			ids = append(ids, row.ID)
		}
		if !page.More {
			return ids, page.End
		}
		in.After = &page.End
	}
}

// PAR-7: whatever deletes a row, a foreign key among them, it is told once, in pages.
func TestDeletedRowsAreTold(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		session := p.Session(p.Program("Swimming"), "Autumn", apptest.Always, apptest.Always)
		ann := p.Join("ann@example.org", &admission.GrantInput{SessionIDs: []ident.ID{session.ID}})
		ben := p.Join("ben@example.org", nil)
		want := p.Store.Enrollment.Query().IDsX(p.In())
		if len(want) != 1 {
			t.Fatalf("%d enrollments", len(want))
		}
		none, start := readDeleted(t, p, nil)
		if len(none) != 0 {
			t.Fatalf("deleted before anything was: %v", none)
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.DeleteOneID(ann.ID).Exec(ctx)
		})
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Member.Delete().Where(member.ID(ben.ID)).Exec(ctx)
			return err
		})
		want = append(want, ann.ID, ben.ID)

		got, end := readDeleted(t, p, &start)
		if len(got) != 3 {
			t.Errorf("told %v, want %v", got, want)
		}
		for _, id := range want {
			if !slices.Contains(got, id) {
				t.Errorf("%v is not told", id)
			}
		}
		if again, _ := readDeleted(t, p, &end); len(again) != 0 {
			t.Errorf("told again: %v", again)
		}
		if all, _ := readDeleted(t, p, nil); !slices.Equal(all, got) {
			t.Errorf("from the beginning %v, want %v", all, got)
		}
		if foreign, _ := readDeleted(t, other, nil); len(foreign) != 0 {
			t.Errorf("another workspace is told %v", foreign)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// Who reads a part of the workspace is refused, as for events; a reading that would begin before
// what is kept is refused as well, and what is not kept is swept.
func TestDeletionsAreKeptForThirtyDays(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		learner := p.Join("ann@example.org", nil)
		log, in := logOf(k), audit.DeletionRead{Workspace: p.Workspace.ID, Limit: 10}
		if _, err := log.ReadDeletions(t.Context(), p.Caller(learner), in); !fault.Has(err,
			fault.Forbidden) {
			t.Errorf("a learner: %v", err)
		}
		if _, err := log.ReadDeletions(t.Context(), &access.Caller{}, in); !fault.Has(err,
			fault.Unauthenticated) {
			t.Errorf("anonymous: %v", err)
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.DeleteOneID(learner.ID).Exec(ctx)
		})
		_, end := readDeleted(t, p, nil)

		p.Clock.Add(audit.EventRetention + time.Hour)
		in.After = &end
		if _, err := log.ReadDeletions(t.Context(), p.Caller(p.Admin), in); !fault.Has(err,
			fault.CursorExpired) {
			t.Errorf("an old cursor: %v", err)
		}
		in.After, in.Since = nil, &end.At
		if _, err := log.ReadDeletions(t.Context(), p.Caller(p.Admin), in); !fault.Has(err,
			fault.CursorExpired) {
			t.Errorf("an old moment: %v", err)
		}
		if n := p.Store.Deletion.Query().CountX(p.In()); n != 1 {
			t.Fatalf("%d deletions are stored", n)
		}
		p.Clock.Add(48 * time.Hour)
		if err := log.SweepDeletions(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := p.Store.Deletion.Query().CountX(p.In()); n != 0 {
			t.Errorf("%d deletions after the sweep", n)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
