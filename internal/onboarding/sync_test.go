package onboarding_test

import (
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/imports"
	"usher/internal/store"
)

// hr is a sync of a source, mirrored or not.
func hr(mirror bool, replace ...imports.SyncColumn) *imports.SyncInput {
	return &imports.SyncInput{Source: new("hr"), Mirror: &mirror, Replace: replace}
}

// syncInput is a file of people who get an account.
func syncInput(p *apptest.Place, o *imports.SyncInput, text string) imports.ImportInput {
	return imports.ImportInput{WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: importbatch.ActionCreate, Options: imports.OptionsInput{Sync: o}}
}

// previewSync previews a sync by the administrator.
func previewSync(p *apptest.Place, o *imports.SyncInput, text string) *ent.ImportBatch {
	p.T.Helper()
	b, err := p.Imports.CreateImport(p.T.Context(), p.Caller(p.Admin), syncInput(p, o, text))
	must(p.T, err)
	return b
}

// statusOf returns the status of the member with an address.
func statusOf(p *apptest.Place, email string) string {
	p.T.Helper()
	return string(p.Member(email).Status)
}

const staffHeader = "external id,email,last name,first name,password,groups,status\n"

// staffRow is a row of an active person in a group.
func staffRow(id, name, group string) string {
	return id + "," + name + "@acme.test,Lee," + name + ",correct horse battery," + group +
		",active\n"
}

// BAT-2: a nightly file keeps members in step, and costs nothing while nobody changes.
func TestASyncKeepsMembersInStep(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Group("Red", "PRIVATE", nil)
		p.Group("Blue", "PRIVATE", nil)
		first := staffHeader + staffRow("1", "ann", "Red") + staffRow("2", "ben", "Red") +
			staffRow("3", "cleo", "Red") + staffRow("4", "dan", "Red")
		run(p, previewSync(p, hr(true, imports.SyncGroups), first))
		ann := p.Member("ann@acme.test")
		same(t, "source", *ann.ExternalSource, "hr")
		same(t, "seats", p.SeatsTaken(), 5)

		trace := func() []int {
			system := store.AsSystem(t.Context(), "a test")
			return []int{p.Store.AuditEvent.Query().Where(auditevent.MemberIDNotNil()).CountX(system),
				p.Store.Mail.Query().Where(entmail.KindNEQ("import_digest")).CountX(system)}
		}
		before, digests := trace(), len(p.Mails("admin@acme.test"))
		quiet := run(p, previewSync(p, hr(true, imports.SyncGroups), first))
		same(t, "quiet", counts(quiet), "0 invited 0 created 0 updated 4 unchanged 0 wrong of 4")
		same(t, "events and emails", trace(), before)
		same(t, "digests", len(p.Mails("admin@acme.test")), digests)
		same(t, "ann is as she was", p.Member("ann@acme.test").UpdatedAt, ann.UpdatedAt)

		// One moves, one is marked as gone, and one is no longer in the file.
		changed := previewSync(p, hr(true, imports.SyncGroups), staffHeader+staffRow("1", "ann", "Blue")+
			strings.Replace(staffRow("2", "ben", "Red"), "active", "terminated", 1)+
			staffRow("4", "dan", "Red")+"9,gone@acme.test,Lee,Gone,,,inactive\n")
		same(t, "preview", rowsOf(p, changed), []string{"2 UPDATE", "3 DEACTIVATE", "4 UNCHANGED",
			"5 UNCHANGED", "6 DEACTIVATE :import.absent"})
		changed = run(p, changed)
		same(t, "counts", []int{changed.DeactivateCount, changed.UpdateCount, changed.TotalRows,
			changed.ProcessedRows}, []int{2, 1, 5, 5})
		same(t, "who is in", []string{statusOf(p, "ann@acme.test"), statusOf(p, "ben@acme.test"),
			statusOf(p, "cleo@acme.test"), statusOf(p, "dan@acme.test")},
			[]string{"ACTIVE", "DEACTIVATED", "DEACTIVATED", "ACTIVE"})
		same(t, "ann's groups", p.Holds(ann.ID), []string{"learner@Blue"})
		same(t, "seats", p.SeatsTaken(), 3)
		happened := p.Happened(p.Member("ben@acme.test").ID)
		same(t, "ben", happened[len(happened)-1], "member.deactivated")

		// They come back with the next file, and stay away if a person sent them away.
		_, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin), p.Member("dan@acme.test").ID)
		must(t, err)
		back := previewSync(p, hr(true, imports.SyncGroups), first)
		same(t, "back", rowsOf(p, back), []string{"2 UPDATE", "3 REACTIVATE", "4 REACTIVATE",
			"5 UNCHANGED :import.stays_deactivated"})
		run(p, back)
		same(t, "who is back", []string{statusOf(p, "ben@acme.test"), statusOf(p, "dan@acme.test")},
			[]string{"ACTIVE", "DEACTIVATED"})
		all := hr(true)
		all.ReactivateAll = new(true)
		run(p, previewSync(p, all, first))
		same(t, "everybody", statusOf(p, "dan@acme.test"), "ACTIVE")
		same(t, "seats", p.SeatsTaken(), 5)
	})
}

// BAT-9: undo brings back whom a sync deactivated, and says what it cannot give back.
func TestUndoingASyncBringsItsLeaversBack(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Group("Red", "PRIVATE", nil)
		file := staffHeader + staffRow("1", "ann", "Red") + staffRow("2", "ben", "Red")
		run(p, previewSync(p, hr(true, imports.SyncGroups), file))
		b := run(p, previewSync(p, hr(true, imports.SyncGroups), staffHeader+staffRow("1", "ann", "")))
		same(t, "ben", statusOf(p, "ben@acme.test"), "DEACTIVATED")
		same(t, "ann", p.Holds(p.Member("ann@acme.test").ID), []string{"learner@*"})
		_, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), b.ID)
		must(t, err)
		same(t, "ben", statusOf(p, "ben@acme.test"), "ACTIVE")
		same(t, "seats", p.SeatsTaken(), 3)
		left, err := p.Imports.Leftovers(t.Context(), imported(p, b.ID), 10)
		must(t, err)
		same(t, "left", []any{len(left), left[0].Reason.Key}, []any{1, "import.left_released"})
	})
}

// BAT-2, MEM-2: a mirror touches the members of its source alone, never the caller nor the last
// administrator.
func TestAMirrorSparesWhoIsNotOfItsSource(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Join("guest@acme.test", nil)
		run(p, previewSync(p, &imports.SyncInput{Source: new("school")},
			staffHeader+staffRow("s1", "sam", "")))
		file := staffHeader + staffRow("1", "ann", "") + staffRow("2", "ben", "")
		run(p, previewSync(p, hr(true), file))
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Member.UpdateOneID(p.Admin.ID).SetExternalID("3").SetExternalSource("hr").Exec(ctx)
		})
		// By hand an id is no longer the source's.
		_, err := p.Members.UpdateMember(t.Context(), p.Caller(p.Admin), updateExternalID(
			p.Member("ben@acme.test").ID, "22"))
		must(t, err)
		b := previewSync(p, hr(true), staffHeader+staffRow("7", "new", ""))
		same(t, "preview", rowsOf(p, b), []string{"2 CREATE", "3 DEACTIVATE :import.absent"})
		run(p, b)
		for email, want := range map[string]string{"guest@acme.test": "ACTIVE",
			"sam@acme.test": "ACTIVE", "admin@acme.test": "ACTIVE", "ben@acme.test": "ACTIVE",
			"ann@acme.test": "DEACTIVATED"} {
			same(t, email, statusOf(p, email), want)
		}
		// Marked explicitly: the caller, and an administrator who is the last one.
		marked := "external id,active\n3,no\n"
		same(t, "the caller", rowsOf(p, previewSync(p, hr(false), marked)),
			[]string{"2 ERROR :import.leaver_self"})
		importer := p.Role("Importer", "MEMBERS_VIEW", "MEMBERS_IMPORT", "MEMBERS_CREATE",
			"MEMBERS_UPDATE", "MEMBERS_DEACTIVATE", "MEMBERS_INVITE")
		clerk := p.Join("clerk@acme.test", &grants{Roles: []string{importer.ID.String()}})
		b, err = p.Imports.CreateImport(t.Context(), p.Caller(clerk), syncInput(p, hr(false), marked))
		must(t, err)
		same(t, "beyond the clerk", rowsOf(p, b), []string{"2 ERROR :member.beyond"})
		second := p.Join("second@acme.test", &grants{Roles: []string{"admin"}})
		b, err = p.Imports.CreateImport(t.Context(), p.Caller(second), syncInput(p, hr(false), marked))
		must(t, err)
		same(t, "one of two", rowsOf(p, b), []string{"2 DEACTIVATE"})
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Member.UpdateOneID(second.ID).SetAccessExpiresAt(p.Clock.Now().Add(day)).Exec(ctx)
		})
		b, err = p.Imports.CreateImport(t.Context(), p.Caller(second), syncInput(p, hr(false), marked))
		must(t, err)
		same(t, "the last one", rowsOf(p, b), []string{"2 ERROR :member.last_admin"})
	})
}

// BAT-2: more leavers than the larger of 3 and 5 % need the previewed number.
func TestManyLeaversNeedAConfirmation(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		file := staffHeader
		for _, name := range []string{"ann", "ben", "cleo", "dan", "eva"} {
			file += staffRow("x"+name, name, "")
		}
		run(p, previewSync(p, hr(true), file))
		one := staffHeader + staffRow("xann", "ann", "")
		b := previewSync(p, hr(true), one)
		same(t, "limit", []int{b.DeactivateCount, imports.OptionsOf(b).Sync.LeaverLimit},
			[]int{4, 3})
		for _, confirmed := range []*int{nil, new(3), new(5)} {
			_, err := p.Imports.StartImport(t.Context(), p.Caller(p.Admin),
				imports.StartInput{ID: b.ID, ConfirmedLeavers: confirmed})
			refused(t, err, fault.Conflict, "confirmedLeavers")
		}
		same(t, "eva", statusOf(p, "eva@acme.test"), "ACTIVE")
		_, err := p.Imports.StartImport(t.Context(), p.Caller(p.Admin),
			imports.StartInput{ID: b.ID, ConfirmedLeavers: new(4)})
		must(t, err)
		p.Eventually("done", func() bool {
			return imported(p, b.ID).Status == importbatch.StatusCompleted
		})
		same(t, "left", p.Store.Member.Query().Where(member.StatusEQ(member.StatusDeactivated)).
			CountX(p.In()), 4)

		// The rows of a request stay previewed, and one row that names nobody may be anybody.
		rows := []*imports.RowInput{{ExternalID: new("xben"), Active: new(false)},
			{LastName: new("Nobody"), Groups: []string{"?"}}}
		all := hr(true)
		batch, started, err := p.Imports.SyncMembers(t.Context(), p.Caller(p.Admin),
			imports.SyncMembersInput{WorkspaceID: p.Workspace.ID, Rows: rows,
				Action: importbatch.ActionInvite, Sync: all})
		must(t, err)
		same(t, "not started", []any{started, string(batch.Status), batch.DeactivateCount,
			imports.OptionsOf(batch).Sync.LeaverLimit}, []any{false, "PREVIEWED", 1, 0})
		_, started, err = p.Imports.SyncMembers(t.Context(), p.Caller(p.Admin),
			imports.SyncMembersInput{WorkspaceID: p.Workspace.ID, Rows: rows, ConfirmedLeavers: new(1),
				Action: importbatch.ActionInvite, Sync: all})
		must(t, err)
		same(t, "started", started, true)
	})
}

// BAT-2: a file that could only do harm is refused as a whole.
func TestASyncWithoutItsColumnsIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for text, o := range map[string]*imports.SyncInput{
			"external id,email\n":                  hr(true),
			"email,last name\nann@acme.test,L\n":   hr(true),
			"external id,email\n1,ann@acme.test\n": hr(false, imports.SyncGroups),
			"external id,email\n2,ann@acme.test\n": {Mirror: new(true)},
		} {
			_, err := p.Imports.CreateImport(t.Context(), p.Caller(p.Admin), syncInput(p, o, text))
			if f, is := fault.Of(err); !is || f.Code != fault.BadUserInput {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

// BAT-2: a column replaces only if the sync says so, and within the authority of its starter.
func TestASyncReplacesColumns(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Group("Red", "PRIVATE", nil)
		p.Group("Blue", "PRIVATE", nil)
		p.Unit("Paris", nil)
		p.Unit("Rome", nil)
		const header = "external id,email,last name,first name,password,groups,roles,org unit,labels\n"
		person := func(rest string) string {
			return header + "1,ann@acme.test,Lee,Ann,correct horse battery," + rest + "\n"
		}
		run(p, previewSync(p, hr(false), person("Red,coach,Paris,a|b")))
		ann := p.Member("ann@acme.test").ID
		same(t, "first", p.Holds(ann), []string{"coach@Red"})
		run(p, previewSync(p, hr(false), person("Blue,learner,Rome,c")))
		same(t, "added", p.Holds(ann), []string{"coach@Red", "learner@Blue"})
		same(t, "labels", p.Member("ann@acme.test").Labels, []string{"a", "b", "c"})
		all := hr(false, imports.SyncGroups, imports.SyncRoles, imports.SyncLabels, imports.SyncOrgUnit)
		run(p, previewSync(p, all, person("Blue,learner,,c")))
		same(t, "replaced", p.Holds(ann), []string{"learner@Blue"})
		now := p.Member("ann@acme.test")
		same(t, "labels and unit", []any{now.Labels, now.OrgUnitID == nil}, []any{[]string{"c"}, true})
		same(t, "again", rowsOf(p, previewSync(p, all, person("Blue,learner,,c"))),
			[]string{"2 UNCHANGED"})
	})
}

// PRV-1, CRE-3: a sync invites the account of another organization and changes nothing on it.
func TestASyncTakesNoAccountOfAnotherOrganization(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		other := p.Kit.Found("Other", "other")
		theirs := other.Join("ann@acme.test", nil)
		p.Verify("ann@acme.test")
		b := run(p, previewSync(p, hr(true), staffHeader+staffRow("1", "ann", "")))
		same(t, "counts", counts(b), "1 invited 0 created 0 updated 0 unchanged 0 wrong of 1")
		same(t, "members", p.Store.Member.Query().CountX(p.In()), 1)
		same(t, "theirs", other.Store.Member.GetX(other.In(), theirs.ID).UpdatedAt, theirs.UpdatedAt)
		// The invitee who accepts belongs to the source.
		u := p.User("ann@acme.test")
		mustAccept(p, p.As(u), p.Mailed(pendingAt(p, "ann@acme.test")))
		same(t, "source", *p.Member("ann@acme.test").ExternalSource, "hr")
	})
}

// BAT-2: a person who is marked as gone before they accept is not invited any more.
func TestASyncCancelsTheInvitationOfALeaver(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		invitees := func(status string) *ent.ImportBatch {
			in := syncInput(p, hr(true), "external id,email,status\n1,ann@acme.test,"+status+"\n")
			in.Action = importbatch.ActionInvite
			b, err := p.Imports.CreateImport(t.Context(), p.Caller(p.Admin), in)
			must(t, err)
			return run(p, b)
		}
		invitees("active")
		b := invitees("left")
		same(t, "rows", rowsOf(p, b), []string{"2 DEACTIVATE"})
		same(t, "status", string(pendingAt(p, "ann@acme.test").Status), "CANCELLED")
		same(t, "again", rowsOf(p, invitees("left")), []string{"2 UNCHANGED"})
	})
}
