package training_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/enrollment"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/devmail"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
	"usher/internal/training"
)

type (
	grants      = admission.GrantInput
	making      = training.CreateSessionInput
	newProgram  = training.CreateProgramInput
	programEdit = training.UpdateProgramInput
)

const day = 24 * time.Hour

// onBoth runs a test in a workspace of its own, on each database, with nobody at work on the queue.
func onBoth(t *testing.T, test func(t *testing.T, p *apptest.Place)) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		test(t, k.Found("Acme", "acme"))
	}, apptest.WithoutWorker)
}

// withWorker is onBoth with the queue at work.
func withWorker(t *testing.T, test func(t *testing.T, p *apptest.Place)) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) { test(t, k.Found("Acme", "acme")) })
}

// same checks that two values are equal.
func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// refused checks a refusal: its code, and the field where the input is at fault.
func refused(t testing.TB, what string, err error, code fault.Code, field string) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Code != code || f.Field != field {
		t.Errorf("%s: want %s at %q, got %v", what, code, field, err)
	}
}

// must is a value that comes without an error.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// after is a moment so far from now.
func after(p *apptest.Place, d time.Duration) *time.Time {
	at := p.Clock.Now().Add(d).UTC().Truncate(time.Second)
	return &at
}

// schedule makes a session as the administrator.
func schedule(p *apptest.Place, in making) *ent.Session {
	p.T.Helper()
	return must[*ent.Session](p.T)(p.Training.CreateSession(p.T.Context(), p.Caller(p.Admin), in))
}

// change changes a session as the administrator.
func change(p *apptest.Place, in training.UpdateSessionInput) *ent.Session {
	p.T.Helper()
	return must[*ent.Session](p.T)(p.Training.UpdateSession(p.T.Context(), p.Caller(p.Admin), in))
}

func at(t *time.Time) inputs.Change[time.Time] {
	return inputs.Change[time.Time]{Set: true, Value: t}
}

// stand says where a member stands, as the administrator.
func stand(p *apptest.Place, run *ent.Session, m *ent.Member,
	status enrollment.Status) *ent.Enrollment {
	p.T.Helper()
	return must[*ent.Enrollment](p.T)(p.Training.SetEnrollment(p.T.Context(), p.Caller(p.Admin),
		run.ID, m.ID, status, nil))
}

func assign(p *apptest.Place, g *ent.Group, of *ent.Program) {
	p.T.Helper()
	must[*ent.Group](p.T)(p.Training.AssignProgram(p.T.Context(), p.Caller(p.Admin), g.ID, of.ID))
}

// invite invites with a mail.
func invite(p *apptest.Place, email string, g *grants) *ent.Invitation {
	p.T.Helper()
	out := must[[]*invitation.Outcome](p.T)(p.Invitations.Invite(p.T.Context(), p.Caller(p.Admin),
		invitation.InviteInput{
			WorkspaceID: p.Workspace.ID, Emails: []string{email}, Grant: g,
		}))
	return out[0].Invitation
}

// crowd makes members who are learners of the workspace, and of a group if one is given; without
// the entry points, for numbers.
func crowd(p *apptest.Place, prefix string, n int, g *ent.Group) (ids []ident.ID) {
	p.T.Helper()
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		role := must[*ent.Role](p.T)(tx.Role.Query().Where(func(s *selector) {
			s.Where(isLearner(s, p.Workspace.ID))
		}).Only(ctx))
		for i := range n {
			email := prefix + string(rune('a'+i/676%26)) + string(rune('a'+i/26%26)) +
				string(rune('a'+i%26)) + "@example.org"
			u := must[*ent.User](p.T)(tx.User.Create().SetEmail(email).SetEmailKey(email).Save(ctx))
			m := must[*ent.Member](p.T)(tx.Member.Create().SetWorkspaceID(p.Workspace.ID).
				SetUserID(u.ID).SetStatus(member.StatusActive).
				SetJoinedAt(p.Clock.Now().UTC()).SetJoinedVia(member.JoinedViaCreated).
				SetEmailKey(email).Save(ctx))
			row := tx.RoleAssignment.Create().SetWorkspaceID(p.Workspace.ID).SetMemberID(m.ID).
				SetRoleID(role.ID).SetPlaceID(p.Workspace.ID)
			if g != nil {
				row.SetPlaceID(g.ID).SetGroupID(g.ID)
			}
			if err := row.Exec(ctx); err != nil {
				return err
			}
			ids = append(ids, m.ID)
		}
		return nil
	})
	return ids
}

// letters lists the session mails of an address, "kind STATUS in 3 days", the oldest first.
func letters(p *apptest.Place, email string) []string {
	p.T.Helper()
	list := []string{}
	for _, m := range p.Mails(email) {
		if m.SessionID == nil {
			continue
		}
		line := m.Kind + " " + string(m.Status)
		if days := int((m.DueAt.Sub(p.Clock.Now()) + 12*time.Hour) / day); days > 0 {
			line += " in " + string(rune('0'+days))
		}
		list = append(list, line)
	}
	return list
}

// mails counts the mails about a session.
func mails(p *apptest.Place, run *ent.Session) int {
	p.T.Helper()
	return must[int](p.T)(p.Store.Mail.Query().Where(entmail.SessionID(run.ID)).Count(p.In()))
}

// begin lets time pass to the start of a session and a minute on, and its mails fall due: the queue
// itself does not live on the clock of a test.
func begin(p *apptest.Place, run *ent.Session) {
	p.T.Helper()
	p.Clock.Add(run.StartsAt.Sub(p.Clock.Now()) + time.Minute)
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		return p.Outbox.Reschedule(ctx, tx, p.Clock.Now(), entmail.SessionID(run.ID))
	})
}

// about waits for the message to an address whose subject holds some words, and tells what it says.
func about(p *apptest.Place, email, words string) (text string) {
	p.T.Helper()
	p.Eventually("a message about "+words+" to "+email, func() bool {
		return slices.ContainsFunc(p.Box.Messages(), func(m devmail.Message) bool {
			text = m.Text
			return slices.Contains(m.To, email) && strings.Contains(m.Subject, words)
		})
	})
	return text
}

// settled waits until no mail about a session is held.
func settled(p *apptest.Place, run *ent.Session) {
	p.T.Helper()
	p.Eventually("its mails are settled", func() bool {
		return must[int](p.T)(p.Store.Mail.Query().
			Where(entmail.SessionID(run.ID), entmail.StatusEQ(entmail.StatusQueued)).
			Count(p.In())) == 0
	})
}

// told lists what the history tells of, the oldest first, from the first of some words on.
func told(p *apptest.Place, subject ident.ID, words ...string) []string {
	p.T.Helper()
	rows := must[[]*ent.AuditEvent](p.T)(p.Store.AuditEvent.Query().
		Where(auditevent.SubjectID(subject)).Order(ent.Asc(auditevent.FieldID)).All(p.In()))
	list := []string{}
	for _, row := range rows {
		if len(words) == 0 || slices.ContainsFunc(words, func(w string) bool {
			return strings.HasPrefix(row.Action, w)
		}) {
			list = append(list, row.Action)
		}
	}
	return list
}
