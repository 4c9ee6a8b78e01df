package audit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// logOf returns the log of events of a kit.
func logOf(k *apptest.Kit) *audit.EventLog {
	return &audit.EventLog{Store: k.Store, Clock: k.Clock.Now}
}

// record writes an event about a new subject in a transaction, and returns the subject.
func record(ctx context.Context, tx *store.Tx, workspace ident.ID) (ident.ID, error) {
	subject := ident.New(ident.Import)
	return subject, audit.Record(ctx, tx, time.Now(), audit.Event{WorkspaceID: workspace,
		Action: audit.ImportStarted, SubjectID: subject})
}

// written records an event and commits it.
func written(p *apptest.Place) (subject ident.ID) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		subject, err = record(ctx, tx, p.Workspace.ID)
		return err
	})
	return subject
}

// poller reads a log step by step.
type poller struct {
	log  *audit.EventLog
	by   *access.Caller
	read audit.EventRead
}

func newPoller(p *apptest.Place, types ...audit.EventType) *poller {
	return &poller{log: logOf(p.Kit), by: p.Caller(p.Admin),
		read: audit.EventRead{Workspace: p.Workspace.ID, Types: types, Limit: 100}}
}

// next returns the events since the last call, in pages of the poller's limit.
func (l *poller) next(ctx context.Context) (events []*ent.AuditEvent, err error) {
	for {
		page, err := l.log.Read(ctx, l.by, l.read)
		if err != nil {
			return nil, err
		}
		events = append(events, page.Events...)
		l.read.After = &page.End
		if !page.More {
			return events, nil
		}
	}
}

// subjects is next, as the subjects of the events.
func (l *poller) subjects(t *testing.T) (ids []ident.ID) {
	t.Helper()
	events, err := l.next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		ids = append(ids, e.SubjectID)
	}
	return ids
}

// PAR-6: an id is made before its transaction ends, so a later event can be committed before it. A
// transaction is open across two polls here.
func TestAnEventThatIsCommittedLateIsNotSkipped(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, "postgres", apptest.WithoutMail, apptest.WithoutWorker).
		Found("Acme", "acme")
	l := newPoller(p, audit.EventImportStarted)
	if found := l.subjects(t); len(found) != 0 {
		t.Fatalf("read %v", found)
	}
	var late, early ident.ID
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		if late, err = record(ctx, tx, p.Workspace.ID); err != nil {
			return err
		}
		early = written(p)
		if found := l.subjects(t); !slices.Equal(found, []ident.ID{early}) {
			t.Errorf("read %v while the transaction is open, want %v", found, early)
		}
		if found := l.subjects(t); len(found) != 0 {
			t.Errorf("read %v again", found)
		}
		return nil
	})
	if found := l.subjects(t); !slices.Equal(found, []ident.ID{late}) {
		t.Errorf("read %v after the commit, want %v", found, late)
	}
	// Another reader reads both in the order of their commits.
	if found := newPoller(p, audit.EventImportStarted).
		subjects(t); !slices.Equal(found, []ident.ID{early, late}) {
		t.Errorf("read %v, want %v and %v", found, early, late)
	}
}

// PAR-6: a transaction that numbers events, and has not committed, makes readers wait: they must
// not read the places behind it first.
func TestTheReaderWaitsForWhoIsNumbering(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, "postgres", apptest.WithoutMail, apptest.WithoutWorker).
		Found("Acme", "acme")
	l := newPoller(p, audit.EventImportStarted)
	l.subjects(t)
	first := written(p)
	var numbering sync.WaitGroup
	held, release := make(chan struct{}), make(chan struct{})
	numbering.Go(func() {
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			// The statements of the product, in a transaction that stays open.
			if err := tx.NumberEvents(ctx, p.Workspace.ID); err != nil {
				return err
			}
			close(held)
			<-release
			return nil
		})
	})
	<-held
	second := written(p)
	done := make(chan []ident.ID)
	go func() { done <- l.subjects(t) }()
	select {
	case found := <-done:
		t.Errorf("read %v while the first event had no visible place", found)
	case <-time.After(time.Second):
	}
	close(release)
	numbering.Wait()
	if found := <-done; !slices.Equal(found, []ident.ID{first, second}) {
		t.Errorf("read %v, want %v and %v", found, first, second)
	}
}

// PAR-6: readers that poll while others write, on two processes, read every committed event once,
// all in one order, and nothing that was rolled back.
func TestReadersThatPollWhileOthersWriteReadTheSame(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const writers, each, readers = 6, 25, 4
		p := k.Found("Acme", "acme")
		there := p
		if k.Store.Concurrent() {
			there = &apptest.Place{Kit: apptest.On(t, k.Settings.DatabaseURL.Reveal(),
				apptest.WithoutMail, apptest.WithoutWorker), Workspace: p.Workspace, Admin: p.Admin}
		}
		over := make(chan struct{})
		var writing, reading sync.WaitGroup
		for w := range writers {
			place := []*apptest.Place{p, there}[w%2]
			writing.Go(func() { writeMany(t, place, each) })
		}
		found := make([][]ident.ID, readers)
		for i := range readers {
			l := newPoller([]*apptest.Place{p, there}[i%2], audit.EventImportStarted)
			l.read.Limit = 1 + 3*i
			reading.Go(func() { found[i] = l.follow(t, over) })
		}
		writing.Wait()
		close(over)
		reading.Wait()

		committed, err := p.Store.AuditEvent.Query().
			Where(auditevent.Action(string(audit.ImportStarted))).All(p.In())
		if err != nil {
			t.Fatal(err)
		}
		if len(committed) < writers*each/2 {
			t.Fatalf("only %d events", len(committed))
		}
		for i, ids := range found {
			if !slices.Equal(ids, found[0]) {
				t.Errorf("reader %d read another order than reader 0", i)
			}
			if len(ident.SortDistinct(ids)) != len(ids) || len(ids) != len(committed) {
				t.Errorf("reader %d read %d events, %d of them different; %d were committed",
					i, len(ids), len(ident.SortDistinct(ids)), len(committed))
			}
		}
		checkPositions(t, p)
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// writeMany writes events in transactions that take their time, some of which are rolled back.
func writeMany(t *testing.T, p *apptest.Place, n int) {
	undone := fmt.Errorf("rolled back on purpose")
	for range n {
		err := p.Store.WithTx(p.In(), func(tx *store.Tx) error {
			if _, err := record(p.In(), tx, p.Workspace.ID); err != nil {
				return err
			}
			if p.Store.Concurrent() {
				time.Sleep(rand.N(20 * time.Millisecond))
			}
			if rand.IntN(5) == 0 {
				return undone
			}
			return nil
		})
		if err != nil && err != undone {
			t.Error(err)
		}
	}
}

// follow polls until nobody writes any more, and returns the subjects in the order of the log.
func (l *poller) follow(t *testing.T, over <-chan struct{}) (ids []ident.ID) {
	for last := false; ; {
		events, err := l.next(t.Context())
		if err != nil {
			t.Error(err)
			return ids
		}
		for _, e := range events {
			ids = append(ids, e.SubjectID)
		}
		if last {
			return ids
		}
		select {
		case <-over:
			last = true // what was committed before the end is read once more
		default:
		}
	}
}

// checkPositions fails unless the places of a workspace are 1, 2, 3 and so on.
func checkPositions(t *testing.T, p *apptest.Place) {
	t.Helper()
	rows, err := p.Store.AuditEvent.Query().Order(ent.Asc(auditevent.FieldPosition)).All(p.In())
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if row.Position == nil || *row.Position != int64(i+1) {
			t.Fatalf("event %d of %d has the place %v", i+1, len(rows), row.Position)
		}
	}
}

// PAR-6: the log goes back 30 days. A cursor behind which an event is missing is refused, one behind
// which none is missing is not, however old it is.
func TestACursorIsRefusedOnceAnEventBehindItIsGone(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		l := newPoller(p, audit.EventImportStarted)
		l.subjects(t)
		gone := written(p)
		old := *l
		if found := l.subjects(t); !slices.Equal(found, []ident.ID{gone}) {
			t.Fatalf("read %v, want %v", found, gone)
		}

		// The clock of the log goes on, that of the database does not: the events are 31 days old.
		later := func() time.Time { return time.Now().Add(31 * 24 * time.Hour) }
		l.log.Clock = later
		old.log = l.log
		if found := l.subjects(t); len(found) != 0 {
			t.Errorf("read %v, want nothing", found)
		}
		if _, err := old.next(t.Context()); !fault.Has(err, fault.CursorExpired) {
			t.Errorf("a cursor behind which an event is gone: %v", err)
		}
		begun := newPoller(p, audit.EventImportStarted)
		begun.log.Clock = later
		if found := begun.subjects(t); len(found) != 0 {
			t.Errorf("read %v from the beginning, want nothing", found)
		}
		// It goes on from where it begins.
		begun.log.Clock, l.log.Clock = k.Clock.Now, k.Clock.Now
		next := written(p)
		for name, from := range map[string]*poller{"kept": l, "begun": begun} {
			if found := from.subjects(t); !slices.Equal(found, []ident.ID{next}) {
				t.Errorf("%s: read %v, want %v", name, found, next)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// PAR-6: a cursor is of one log. Neither that of another workspace nor one of a database that was
// restored to an earlier state passes over events silently.
func TestACursorOfAnotherLogIsRefused(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		written(p)
		written(other)
		l, foreign := newPoller(p), newPoller(other)
		l.subjects(t)
		foreign.subjects(t)
		restored := *l.read.After
		restored.Position++
		lost := *l.read.After
		lost.ID = ident.New(ident.AuditEvent)
		for name, cursor := range map[string]*audit.EventCursor{"another workspace": foreign.read.After,
			"a place beyond the end": &restored, "another event": &lost,
			"the beginning of another": {ID: other.Workspace.ID}} {
			wrong := *l
			wrong.read.After = cursor
			if _, err := wrong.next(t.Context()); !fault.Has(err, fault.CursorExpired) {
				t.Errorf("%s: %v", name, err)
			}
		}
		l.read.After = &audit.EventCursor{ID: p.Workspace.ID}
		if found := l.subjects(t); len(found) == 0 {
			t.Error("nothing was read from the beginning")
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// Events that were recorded before there was a log have no place in it, and get none.
func TestEventsOfAnEarlierReleaseAreNotInTheLog(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		written(p)
		k.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.SQL.ExecContext(ctx, `UPDATE audit_events SET position = 0`)
			return err
		})
		l := newPoller(p)
		if found := l.subjects(t); len(found) != 0 {
			t.Errorf("read %v", found)
		}
		first := written(p)
		if found := l.subjects(t); !slices.Equal(found, []ident.ID{first}) {
			t.Errorf("read %v, want %v", found, first)
		}
		if found := newPoller(p).subjects(t); !slices.Equal(found, []ident.ID{first}) {
			t.Errorf("read %v from the beginning, want %v", found, first)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// PAR-6: the whole log or nothing. Who reads a part of the history would take it for all of it.
func TestOnlyWhoReadsTheWholeHistoryReadsTheLog(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		group := p.Group("Readers", "PRIVATE", nil)
		learner := p.Join("lea@example.org", nil)
		manager := p.Join("uma@example.org", &admission.GrantInput{Roles: []string{access.UserAdmin},
			GroupIDs: []ident.ID{group.ID}})
		for name, c := range map[string]struct {
			by   *access.Caller
			want fault.Code
		}{
			"nobody": {nil, fault.Unauthenticated}, "a learner": {p.Caller(learner), fault.Forbidden},
			"an administrator of a group": {p.Caller(manager), fault.Forbidden},
			"another workspace's":         {other.Caller(other.Admin), fault.NotFound},
			"the administrator":           {p.Caller(p.Admin), ""},
		} {
			l := newPoller(p)
			l.by = c.by
			_, err := l.next(t.Context())
			_, end := l.log.End(t.Context(), c.by, p.Workspace.ID)
			if c.want == "" && (err != nil || end != nil) ||
				c.want != "" && (!fault.Has(err, c.want) || !fault.Has(end, c.want)) {
				t.Errorf("%s: %v and %v, want %q", name, err, end, c.want)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// The round gives places to the events of all workspaces, more than one transaction numbers.
func TestTheRoundNumbersTheEventsOfAllWorkspaces(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		places := []*apptest.Place{k.Found("Acme", "acme"), k.Found("Other", "other")}
		for _, p := range places {
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				events := make([]audit.Event, 6_000)
				for i := range events {
					events[i] = audit.Event{WorkspaceID: p.Workspace.ID,
						Action: audit.InvitationMerged, SubjectID: ident.New(ident.Import)}
				}
				return audit.Record(ctx, tx, time.Now(), events...)
			})
		}
		for range 2 { // the second round finds nothing to do
			if err := k.Store.NumberAllEvents(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, p := range places {
				checkPositions(t, p)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
