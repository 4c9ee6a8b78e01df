package lifecycle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	entschema "entgo.io/ent/dialect/sql/schema"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/migrate"
	"usher/ent/workspaceexport"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/joinlink"
	"usher/internal/lifecycle"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/provisioning"
	"usher/internal/store"
	"usher/internal/workspace"
)

const day = 24 * time.Hour

// onBoth runs a test in a workspace of its own, on each database, without a worker.
func onBoth(t *testing.T, test func(t *testing.T, p *apptest.Place)) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		test(t, k.Found("Acme", "acme"))
	}, apptest.WithoutWorker)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused checks the code of an error.
func refused(t testing.TB, what string, err error, code fault.Code) {
	t.Helper()
	if f, ok := fault.Of(err); !ok || f.Code != code {
		t.Errorf("%s: want %s, got %v", what, code, err)
	}
}

func archive(p *apptest.Place) *ent.Workspace {
	p.T.Helper()
	w, err := p.Lifecycle.Archive(p.T.Context(), p.Caller(p.Admin), p.Workspace.ID)
	must(p.T, err)
	return w
}

// WSP-1: writes are refused, reads go on, and the end of the archive ends that.
func TestAnArchivedWorkspaceIsReadOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		ctx, by := t.Context(), p.Caller(p.Admin)
		inv := p.Invite("zoe@example.org", nil)
		accepting := p.Accepting(inv)
		link, err := p.JoinLinks.CreateLink(ctx, by,
			joinlink.CreateLinkInput{WorkspaceID: p.Workspace.ID, Slug: new("acme-join")})
		must(t, err)
		if archive(p).ArchivedAt == nil {
			t.Fatal("the workspace is not archived")
		}
		archive(p) // once more changes nothing

		service := &workspace.Service{Store: p.Store, Training: p.Training,
			Clock: p.Admission.Clock}
		writes := map[string]func() error{
			"invite": func() error {
				_, err := p.Invitations.Invite(ctx, p.Caller(p.Admin), invitation.InviteInput{
					WorkspaceID: p.Workspace.ID, Emails: []string{"a@example.org"}})
				return err
			},
			"accept": func() error {
				_, err := p.Acceptances.Accept(ctx, nil, accepting, account.Origin{})
				return err
			},
			"create": func() error {
				_, err := p.Provisioning.CreateUser(ctx, p.Caller(p.Admin), provisioning.CreateInput{
					WorkspaceID: p.Workspace.ID, FirstName: "Jo", LastName: "Do",
					Username: new("jo")})
				return err
			},
			"update": func() error {
				_, err := service.Update(ctx, p.Caller(p.Admin),
					workspace.UpdateInput{ID: p.Workspace.ID, Name: new("Other")})
				return err
			},
			"create group": func() error {
				_, err := service.CreateGroup(ctx, p.Caller(p.Admin),
					workspace.CreateGroupInput{WorkspaceID: p.Workspace.ID, Name: "g",
						Visibility: "PRIVATE"})
				return err
			},
		}
		for what, write := range writes {
			refused(t, what, write(), fault.Conflict)
		}
		_, err = p.JoinLinks.Join(ctx, nil, joinlink.JoinInput{Slug: link.Slug,
			Email: "new@example.org", FirstName: new("New"), LastName: new("Person")},
			account.Origin{})
		refused(t, "join", err, fault.JoinClosed)
		page, err := p.JoinLinks.JoinPage(ctx, &access.Caller{}, link.Slug)
		must(t, err)
		if page.State != joinlink.PageArchived {
			t.Errorf("the join page is %s", page.State)
		}
		if seen := p.Caller(p.Admin); !seen.Memberships[0].Archived ||
			seen.Memberships[0].Usable(access.Everything).Has(access.MembersInvite) {
			t.Error("the caller does not see that the workspace is archived")
		}
		_, err = p.Lifecycle.Unarchive(ctx, by, p.Workspace.ID)
		must(t, err)
		for what, write := range writes {
			if err := write(); err != nil {
				t.Errorf("%s after the archive: %v", what, err)
			}
		}
	})
}

// WSP-1: an email that falls due in the archive is dropped.
func TestEmailsOfAnArchivedWorkspaceAreDropped(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		archive(p)
		k.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return p.Outbox.Post(ctx, tx, outbox.QueuedEmail{Kind: mail.Welcome,
				WorkspaceID: &p.Workspace.ID, To: "admin@acme.test", ToKey: "admin@acme.test",
				UserID: &p.Admin.UserID})
		})
		p.Eventually("DROPPED", func() bool {
			dropped, err := p.Store.Mail.Query().Where(entmail.ToKey("admin@acme.test"),
				entmail.Kind(string(mail.Welcome)),
				entmail.StatusEQ(entmail.StatusDropped)).Exist(p.In())
			must(t, err)
			return dropped
		})
	})
}

func TestOnlyAdministratorsOfTheOrganizationArchive(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Join("second@example.org", &admission.GrantInput{Roles: []string{access.Admin}})
		elsewhere := p.Kit.Found("Other", "other")
		annex := p.Kit.Found("Acme", "annex")
		for _, c := range []struct {
			who  string
			by   *access.Caller
			code fault.Code
		}{
			{"an administrator of the workspace", p.Caller(second), fault.Forbidden},
			{"a stranger", p.Caller(elsewhere.Admin), fault.NotFound},
			{"a member of another workspace", p.Caller(annex.Admin), fault.NotFound},
			{"nobody", &access.Caller{}, fault.Unauthenticated},
		} {
			_, err := p.Lifecycle.Archive(t.Context(), c.by, p.Workspace.ID)
			refused(t, c.who+" archives", err, c.code)
			_, err = p.Lifecycle.Export(t.Context(), c.by, p.Workspace.ID,
				workspaceexport.FormatCSV)
			refused(t, c.who+" exports", err, c.code)
			_, err = p.Lifecycle.ScheduleDeletion(t.Context(), c.by, lifecycle.DeleteInput{
				WorkspaceID: p.Workspace.ID, Name: p.Workspace.Name, WithoutExport: true})
			refused(t, c.who+" deletes", err, c.code)
		}
		// The administrator of the organization is no member of the annex.
		w, err := p.Lifecycle.Archive(t.Context(), p.Caller(p.Admin), annex.Workspace.ID)
		must(t, err)
		if w.ArchivedAt == nil {
			t.Error("the annex is not archived")
		}
	})
}

func deleted(p *apptest.Place) *ent.Workspace {
	p.T.Helper()
	w, err := p.Lifecycle.ScheduleDeletion(p.T.Context(), p.Caller(p.Admin), lifecycle.DeleteInput{
		WorkspaceID: p.Workspace.ID, Name: p.Workspace.Name, WithoutExport: true})
	must(p.T, err)
	return w
}

// WSP-3: name and export, notices, the way back.
func TestADeletedWorkspaceCanBeRestored(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		ctx, by := t.Context(), p.Caller(p.Admin)
		p.Join("second@example.org", &admission.GrantInput{Roles: []string{access.Admin}})
		p.Join("learner@example.org", nil)
		for _, in := range []lifecycle.DeleteInput{
			{Name: p.Workspace.Name}, {Name: "Another", WithoutExport: true}} {
			in.WorkspaceID = p.Workspace.ID
			_, err := p.Lifecycle.ScheduleDeletion(ctx, by, in)
			refused(t, "delete", err, fault.BadUserInput)
		}
		_, err := p.Lifecycle.Restore(ctx, by, p.Workspace.ID)
		refused(t, "restore what is in use", err, fault.Conflict)

		w := deleted(p)
		if w.ArchivedAt == nil || w.DeletionAt == nil ||
			w.DeletionAt.Sub(p.Clock.Now()).Round(time.Hour) != 14*day {
			t.Errorf("archived %v, erased at %v", w.ArchivedAt, w.DeletionAt)
		}
		var told []string
		notices, err := p.Store.Mail.Query().Where(entmail.Kind("workspace_deletion")).All(p.In())
		must(t, err)
		for _, m := range notices {
			told = append(told, m.To)
		}
		if slices.Sort(told); !slices.Equal(told, []string{"admin@acme.test",
			"second@example.org"}) {
			t.Errorf("told are %v", told)
		}
		_, err = p.Lifecycle.Unarchive(ctx, by, p.Workspace.ID)
		refused(t, "unarchive", err, fault.Conflict)
		_, err = p.Lifecycle.ScheduleDeletion(ctx, by, lifecycle.DeleteInput{WorkspaceID: p.Workspace.ID,
			Name: p.Workspace.Name, WithoutExport: true})
		refused(t, "delete twice", err, fault.Conflict)

		must(t, p.Lifecycle.EraseDeleted(ctx))
		w, err = p.Lifecycle.Restore(ctx, by, p.Workspace.ID)
		must(t, err)
		if w.ArchivedAt != nil || w.DeletionAt != nil {
			t.Errorf("archived %v, erased at %v", w.ArchivedAt, w.DeletionAt)
		}
		p.Invite("back@example.org", nil)
		p.Clock.Add(15 * day)
		must(t, p.Lifecycle.EraseDeleted(ctx))
		if _, err := p.Store.Workspace.Get(p.In(), w.ID); err != nil {
			t.Errorf("a restored workspace is gone: %v", err)
		}
	})
}

// WSP-3: the deletion is taken back, and nothing else.
func TestARestoredWorkspaceIsArchivedIfItWasBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		ctx, by := t.Context(), p.Caller(p.Admin)
		archived := archive(p).ArchivedAt
		p.Clock.Add(time.Hour)
		deleted(p)
		w, err := p.Lifecycle.Restore(ctx, by, p.Workspace.ID)
		must(t, err)
		if w.DeletionAt != nil || w.ArchivedAt == nil || !w.ArchivedAt.Equal(*archived) {
			t.Errorf("archived %v, erased at %v; it was archived %v", w.ArchivedAt, w.DeletionAt,
				archived)
		}
		// An archive that ended before the deletion is none.
		_, err = p.Lifecycle.Unarchive(ctx, by, p.Workspace.ID)
		must(t, err)
		p.Clock.Add(time.Hour)
		deleted(p)
		w, err = p.Lifecycle.Restore(ctx, by, p.Workspace.ID)
		must(t, err)
		if w.ArchivedAt != nil {
			t.Errorf("archived %v by a deletion that was taken back", w.ArchivedAt)
		}
	})
}

// WSP-3: after the waiting time nothing is left but one line on the organization.
func TestADeletedWorkspaceIsErasedAfterItsTime(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		ctx := t.Context()
		annex := p.Kit.Found("Acme", "annex")
		g := p.Group("g", "PUBLIC", nil)
		p.Group("below", "PUBLIC", g)
		p.Session(p.Program("Safety"), "Monday", day, 2*day)
		leaves := p.Join("leaves@example.org", &admission.GrantInput{GroupIDs: []ident.ID{g.ID}})
		stays := p.Join("stays@example.org", nil)
		annex.Join("stays@example.org", nil)
		p.Invite("pending@example.org", nil)
		before := p.SeatsTaken()
		deleted(p)
		p.Clock.Add(14*day + time.Minute)
		_, err := p.Lifecycle.Restore(ctx, p.Caller(p.Admin), p.Workspace.ID)
		refused(t, "restore too late", err, fault.Conflict)
		must(t, p.Lifecycle.EraseDeleted(ctx))

		system := store.AsSystem(ctx, "the test looks for what is left")
		for _, table := range migrate.Tables {
			for _, c := range table.Columns {
				if c.Name != "workspace_id" || table.Name == "seat_events" {
					continue
				}
				if n := countRows(p, table.Name); n > 0 {
					t.Errorf("%d rows are left in %s", n, table.Name)
				}
			}
		}
		if _, err := p.Store.Workspace.Get(system, p.Workspace.ID); !ent.IsNotFound(err) {
			t.Errorf("the workspace: %v", err)
		}
		if got := p.SeatsTaken(); got != before-2 { // Ada and the one who was nowhere else
			t.Errorf("%d seats of %d are taken", got, before)
		}
		for who, erased := range map[*ent.Member]bool{leaves: true, stays: false, p.Admin: false} {
			u, err := p.Store.User.Get(system, who.UserID)
			must(t, err)
			if (u.ErasedAt != nil) != erased {
				t.Errorf("the account of %v is erased at %v", u.FirstName, u.ErasedAt)
			}
		}
		if got := annex.Happened(p.Workspace.OrganizationID); !slices.Equal(got,
			[]string{"organization.workspace_erased"}) {
			t.Errorf("the organization's history has %v", got)
		}
		must(t, p.Lifecycle.EraseDeleted(ctx)) // once more finds nothing
	})
}

// countRows counts the rows of the workspace in a table.
func countRows(p *apptest.Place, table string) (n int) {
	p.T.Helper()
	mark := "?1"
	if p.Store.Dialect() == "postgres" {
		mark = "$1"
	}
	rows, err := p.Store.QueryContext(p.T.Context(),
		"SELECT count(*) FROM "+table+" WHERE workspace_id = "+mark, p.Workspace.ID)
	must(p.T, err)
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		must(p.T, rows.Scan(&n))
	}
	return n
}

func TestEveryTableOfAWorkspaceIsErased(t *testing.T) {
	t.Parallel()
	listed := lifecycle.ErasedTables()
	for _, table := range migrate.Tables {
		if slices.ContainsFunc(table.Columns, func(c *entschema.Column) bool {
			return c.Name == "workspace_id"
		}) && !slices.Contains(listed, table.Name) && table.Name != "seat_events" {
			t.Errorf("%s is not erased with its workspace", table.Name)
		}
	}
}

// WSP-2: a file with every table, safe in a spreadsheet, without secrets.
func TestAnExportHoldsWhatTheWorkspaceHolds(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Group("=HYPERLINK(1)", "PRIVATE", nil)
		p.Join("lea@example.org", nil)
		archive(p) // an archived workspace can be exported
		for format, ending := range map[workspaceexport.Format]string{
			workspaceexport.FormatCSV: ".csv", workspaceexport.FormatJSONLines: ".jsonl"} {
			e, err := p.Lifecycle.Export(t.Context(), p.Caller(p.Admin), p.Workspace.ID, format)
			must(t, err)
			p.Eventually("READY", func() bool {
				list, err := p.Lifecycle.Exports(t.Context(), p.Caller(p.Admin), p.Workspace)
				must(t, err)
				return list[0].ID == e.ID && list[0].Status == workspaceexport.StatusReady
			})
			files := unpacked(p, e.ID)
			if len(files) != 15 {
				t.Errorf("the archive has %d files", len(files))
			}
			if !strings.Contains(files["members"+ending], "lea@example.org") {
				t.Errorf("members are %q", files["members"+ending])
			}
			if ending == ".csv" && strings.Contains(files["groups.csv"], "\n=") ||
				!strings.Contains(files["groups"+ending], "HYPERLINK") {
				t.Errorf("groups are %q", files["groups"+ending])
			}
			for name, text := range files {
				if strings.Contains(text, "argon2") || strings.Contains(text, "asswordHash") {
					t.Errorf("%s holds a secret", name)
				}
			}
		}
		second := p.Kit.Found("Other", "other")
		list, err := p.Lifecycle.Exports(t.Context(), p.Caller(p.Admin), p.Workspace)
		must(t, err)
		_, err = p.Lifecycle.DownloadExport(t.Context(), k.Caller(second.Admin), list[0].ID)
		refused(t, "a stranger downloads", err, fault.NotFound)
		if hidden, err := p.Lifecycle.Exports(t.Context(), k.Caller(second.Admin),
			p.Workspace); err != nil || len(hidden) > 0 {
			t.Errorf("a stranger sees %v, %v", hidden, err)
		}
		// With an export no choice is needed.
		_, err = p.Lifecycle.ScheduleDeletion(t.Context(), p.Caller(p.Admin), lifecycle.DeleteInput{
			WorkspaceID: p.Workspace.ID, Name: p.Workspace.Name})
		must(t, err)
	})
}

// unpacked downloads an export and returns its files.
func unpacked(p *apptest.Place, id ident.ID) map[string]string {
	p.T.Helper()
	d, err := p.Lifecycle.DownloadExport(p.T.Context(), p.Caller(p.Admin), id)
	must(p.T, err)
	var b bytes.Buffer
	must(p.T, d.Write(&b))
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(p.T, err)
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		must(p.T, err)
		text, err := io.ReadAll(r)
		must(p.T, err)
		files[f.Name] = string(text)
	}
	return files
}

// WSP-4: everybody once, with all workspaces, for administrators of the organization alone.
func TestAdministratorsSeeThePeopleOfTheirOrganization(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		annex := p.Kit.Found("Acme", "annex")
		p.Kit.Found("Other", "other")
		both := p.Join("both@example.org", nil)
		annex.Join("both@example.org", nil)
		org, err := p.Store.Organization.Get(p.In(), p.Workspace.OrganizationID)
		must(t, err)
		var seen []string
		for after, more := (ident.ID{}), true; more; {
			page, err := p.Lifecycle.People(t.Context(), p.Caller(p.Admin), org,
				lifecycle.PeopleQuery{After: after, Limit: 2})
			must(t, err)
			total, err := page.Total()
			must(t, err)
			if total != 3 {
				t.Errorf("%d people in all", total)
			}
			for _, person := range page.People {
				line := *person.User.Email
				for _, m := range person.Memberships {
					line += " " + m.Edges.Workspace.Slug
				}
				seen = append(seen, line)
				after = person.User.ID
			}
			more = page.More
		}
		if want := []string{"admin@acme.test acme", "admin@annex.test annex",
			"both@example.org acme annex"}; !slices.Equal(seen, want) {
			t.Errorf("people are %v", seen)
		}
		hidden, err := p.Lifecycle.People(t.Context(), p.Caller(both), org,
			lifecycle.PeopleQuery{Limit: 10})
		must(t, err)
		if len(hidden.People) > 0 {
			t.Error("a learner sees the people of the organization")
		}
	})
}
