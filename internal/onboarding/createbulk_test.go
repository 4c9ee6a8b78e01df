package onboarding_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/customfield"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/provisioning"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

// crowdWorld is a random workspace and a source of random grants for it. Two worlds of one seed
// are equal but for ids and times.
type crowdWorld struct {
	*apptest.Place
	*rand.Rand
	groups   []*ent.Group
	units    []*ent.OrgUnit
	sessions []*ent.Session
	programs []*ent.Program
	roles    []*ent.Role
	grantor  *ent.Member
}

// newCrowdWorld makes the world of a seed.
func newCrowdWorld(p *apptest.Place, seed uint64) *crowdWorld {
	p.T.Helper()
	w := &crowdWorld{Place: p, Rand: rand.New(rand.NewPCG(seed, seed))}
	for i := range 8 {
		var parent *ent.Group
		if len(w.groups) > 0 && w.IntN(4) > 0 {
			parent = pick(w, w.groups)
		}
		w.groups = append(w.groups, p.Group(fmt.Sprint("group", i),
			[]string{"PUBLIC", "PUBLIC", "PRIVATE"}[w.IntN(3)], parent))
	}
	for i := range 3 {
		w.units = append(w.units, p.Unit(fmt.Sprint("unit", i), nil))
	}
	for i := range 3 {
		program := p.Program(fmt.Sprint("program", i), pick(w, w.groups))
		w.programs = append(w.programs, program)
		w.sessions = append(w.sessions, p.Session(program, fmt.Sprint("later", i), day, 2*day),
			p.Session(program, fmt.Sprint("past", i), -2*day, -day))
		if w.IntN(2) == 0 {
			w.sessions = append(w.sessions,
				p.Session(program, fmt.Sprint("open", i), apptest.Always, apptest.Always))
		}
	}
	p.Field("badge", customfield.TypeText, false)
	p.Role("Inviter", access.MembersInvite, access.MembersCreate)
	w.roles = p.Store.Role.Query().Order(ent.Asc(role.FieldID)).AllX(p.In())
	if w.grantor = p.Admin; w.IntN(2) == 0 {
		w.grantor = p.Join("ga@acme.test", &grants{Roles: []string{"group_admin"},
			GroupIDs: []ident.ID{w.groups[0].ID, w.groups[1].ID}})
	}
	return w
}

func pick[T any](w *crowdWorld, list []T) T { return list[w.IntN(len(list))] }

// grant returns a random grant. Nothing has checked it: some of it is gone, over, or more than the
// grantor may give.
func (w *crowdWorld) grant() schema.Grant {
	g := schema.Grant{Labels: []string{}}
	for range w.IntN(3) {
		g.GroupIDs = append(g.GroupIDs, pick(w, w.groups).ID)
	}
	g.GroupIDs = ident.SortDistinct(g.GroupIDs)
	for _, id := range g.GroupIDs {
		if w.IntN(3) == 0 {
			g.Roles = append(g.Roles, schema.GrantedRole{RoleID: pick(w, w.roles).ID, PlaceID: id})
		}
	}
	learner := w.roles[slices.IndexFunc(w.roles, func(r *ent.Role) bool {
		return r.Key == access.Learner
	})]
	if w.IntN(3) == 0 {
		g.Roles = append(g.Roles,
			schema.GrantedRole{RoleID: learner.ID, PlaceID: w.Workspace.ID})
	}
	if w.IntN(12) == 0 {
		g.Roles = append(g.Roles,
			schema.GrantedRole{RoleID: pick(w, w.roles).ID, PlaceID: w.Workspace.ID})
	}
	if w.IntN(2) == 0 {
		g.OrgUnitID = pick(w, w.units).ID
	}
	if w.IntN(4) == 0 {
		g.SessionIDs = []ident.ID{pick(w, w.sessions).ID}
	}
	if w.IntN(4) == 0 {
		g.ProgramIDs = []ident.ID{pick(w, w.programs).ID}
	}
	if w.IntN(2) == 0 {
		g.Labels, g.AdditionalInfo, g.Locale = []string{"new", "2026"}, "Room 5", "fr"
	}
	if w.IntN(4) == 0 {
		g.AccessExpiresAt, g.DeleteOnExpiry = after(w.Place, 30*day), w.IntN(2) == 0
	}
	if w.IntN(4) == 0 {
		g.CustomFields = map[string]string{"badge": fmt.Sprint(w.IntN(9))}
	}
	if w.IntN(20) == 0 {
		g.GroupIDs = append(g.GroupIDs, ident.New(ident.Group))
	}
	return g
}

// people returns random people whom nobody knows, some with the mailbox or the username of another.
func (w *crowdWorld) people(n int) []*provisioning.NewPerson {
	all := make([]*provisioning.NewPerson, n)
	for i := range all {
		p := &provisioning.NewPerson{First: fmt.Sprint("First", i), Last: fmt.Sprint("Last", i),
			Grant: w.grant(), NoWelcome: w.IntN(5) == 0}
		if w.IntN(4) > 0 {
			text := fmt.Sprintf("Person%d@crowd.test", i)
			if w.IntN(6) == 0 {
				text = fmt.Sprintf("shared+%d@crowd.test", i)
			}
			p.Address, _ = address.Parse(text)
			p.SendsCredentials = w.IntN(5) == 0
		}
		if p.Key == "" || w.IntN(4) == 0 {
			p.Username = fmt.Sprint("user", i)
			if w.IntN(6) == 0 {
				p.Username = "same"
			}
			p.UsernameKey = p.Username
		}
		if w.IntN(6) == 0 {
			p.Locale = "en"
		}
		all[i] = p
	}
	return all
}

// create creates people in one transaction, all together as far as possible or one by one, and
// returns what became of each.
func (w *crowdWorld) create(people []*provisioning.NewPerson, together bool) (told []string,
	joined int) {
	w.T.Helper()
	told, joined, err := w.createIn(w.T.Context(), people, together)
	must(w.T, err)
	return told, joined
}

// createIn is create in a context that counts statements or lets one of them fail.
func (w *crowdWorld) createIn(c ctx, people []*provisioning.NewPerson,
	together bool) (told []string, joined int, err error) {
	w.T.Helper()
	source := ident.New(ident.Import)
	by := w.Caller(w.grantor)
	c = store.InWorkspace(c, w.Workspace.ID)
	err = w.Store.WithTx(c, func(tx *store.Tx) error {
		ctx := c
		told, joined = make([]string, len(people)), 0
		here, err := tx.Workspace.Get(ctx, w.Workspace.ID)
		if err != nil {
			return err
		}
		if err := admission.LockForAdmission(ctx, tx, here); err != nil {
			return err
		}
		var groups []ident.ID
		for _, p := range people {
			groups = append(groups, p.Grant.GroupIDs...)
		}
		// Groups come before sessions in the order of locks.
		if _, err := grouptree.LockWithInheriting(ctx, tx,
			ident.SortDistinct(groups)); err != nil {
			return err
		}
		d := provisioning.AccountCreation{Service: w.Provisioning, Tx: tx, By: by, Workspace: here,
			Grantor: by.In(here.ID), Now: w.Clock.Now().UTC(), ImportID: nil,
			EntryPoint: admission.EntryPoint{Name: admission.EntryPointImport, By: by,
				JoinedVia: member.JoinedViaImported, Kind: assignmentsource.KindImport,
				Source: source}}
		members := make([]*ent.Member, len(people))
		if together {
			if members, err = d.CreateMany(ctx, people, nil); err != nil {
				return err
			}
		}
		for i, p := range people {
			if members[i] != nil {
				told[i], joined = "CREATED", joined+1
				continue
			}
			err := tx.Savepoint(ctx, func() error {
				c, err := d.CreateOne(ctx, p)
				if err == nil {
					told[i] = string(c.Status)
				}
				return err
			})
			if f, refused := fault.Of(err); refused {
				told[i] = string(f.Code) + " " + f.Message.Key
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	return told, joined, err
}

var (
	uuids      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	publicIDs  = regexp.MustCompile(`\b[a-z]+_[0-9a-z]{26}\b`)
	hashes     = regexp.MustCompile(`\$argon2id\$[^| ]*`)
	clockTimes = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^|\]]*`)
)

// content returns the content of the database with names instead of ids and without times, so that
// two databases can be compared. The tables of the queue are left out.
func (w *crowdWorld) content() map[string][]string {
	w.T.Helper()
	names := w.idNames()
	all := map[string][]string{}
	for table, rows := range w.Snapshot() {
		if strings.HasPrefix(table, "river") || table == "goose_db_version" ||
			slices.Contains([]string{"sqlite_sequence", "epochs", "member_counts", "sign_ins"},
				table) {
			continue
		}
		for _, row := range rows {
			row = uuids.ReplaceAllStringFunc(row, func(id string) string {
				if name, known := names[id]; known {
					return name
				}
				return "~"
			})
			row = publicIDs.ReplaceAllStringFunc(row, func(id string) string {
				if parsed, err := ident.Parse(id); err == nil {
					if name, known := names[parsed.UUID()]; known {
						return name
					}
				}
				return "~"
			})
			row = hashes.ReplaceAllString(row, "hash")
			all[table] = append(all[table], clockTimes.ReplaceAllString(row, "time"))
		}
		slices.Sort(all[table])
	}
	return all
}

// idNames returns a name for each id that two databases have in common.
func (w *crowdWorld) idNames() map[string]string {
	names := map[string]string{}
	for _, query := range []string{
		`SELECT CAST(id AS text), coalesce(email_key, username_key, '')
			FROM users`,
		`SELECT CAST(id AS text), name FROM "groups"`,
		`SELECT CAST(id AS text), name FROM org_units`,
		`SELECT CAST(id AS text), name FROM roles`,
		`SELECT CAST(id AS text), name FROM sessions`,
		`SELECT CAST(id AS text), name FROM programs`,
		`SELECT CAST(id AS text), 'workspace' FROM workspaces`,
		`SELECT CAST(m.id AS text), 'member ' || coalesce(u.email_key, u.username_key, '')
			FROM members m
			JOIN users u ON u.id = m.user_id`,
		`SELECT CAST(a.id AS text), 'assignment ' || coalesce(u.email_key, u.username_key, '') ||
			r.name || CAST(a.place_id AS text)
			FROM role_assignments a JOIN roles r ON r.id = a.role_id
			JOIN members m ON m.id = a.member_id JOIN users u ON u.id = m.user_id`,
	} {
		for _, row := range w.Texts(query, 2) {
			names[row[0]] = row[1]
		}
	}
	for id, name := range names {
		// The place of an assignment is an id itself.
		names[id] = uuids.ReplaceAllStringFunc(name, func(place string) string {
			return " " + names[place]
		})
	}
	return names
}

// Creating many people together and one by one are two ways of one rule (ADM-1, ADM-2, ADM-3,
// ADM-4, ADM-6, ADM-7): random people with random grants in random workspaces become the same rows.
func TestPeopleWhoAreCreatedTogetherBecomeWhatEachWouldBecome(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(kind, seed), func(t *testing.T) {
				t.Parallel()
				var told [2][]string
				var content [2]map[string][]string
				var joined int
				for i, together := range []bool{true, false} {
					k := apptest.New(t, kind, apptest.WithoutWorker)
					k.Clock.Stop()
					w := newCrowdWorld(k.Found("Acme", "acme"), seed)
					people := w.people(60)
					if seed%3 == 0 {
						w.Seats(w.SeatsTaken() + 50)
					}
					var n int
					if told[i], n = w.create(people, together); together {
						joined = n
					}
					content[i] = w.content()
					w.SeatsTaken()
					k.CheckSearched()
				}
				t.Logf("%d of 60 people were created together", joined)
				if joined == 0 && seed%3 != 0 {
					t.Error("nobody was created together")
				}
				same(t, "outcomes", told[0], told[1])
				for table := range content[1] {
					if !reflect.DeepEqual(content[0][table], content[1][table]) {
						t.Errorf("%s\ntogether %s\none by one %s", table,
							strings.Join(subtract(content[0][table], content[1][table]), "\n"),
							strings.Join(subtract(content[1][table], content[0][table]), "\n"))
					}
				}
			})
		}
	}
}

// plainPeople returns people of whom none depends on another, each with two groups and a unit.
func (w *crowdWorld) plainPeople(n int, domain string) []*provisioning.NewPerson {
	all := make([]*provisioning.NewPerson, n)
	for i := range all {
		a, err := address.Parse(fmt.Sprintf("person%d@%s", i, domain))
		must(w.T, err)
		all[i] = &provisioning.NewPerson{Address: a, First: "First", Last: fmt.Sprint("Last", i),
			Grant: schema.Grant{Labels: []string{}, OrgUnitID: w.units[i%2].ID,
				GroupIDs: []ident.ID{w.groups[i%3].ID, w.groups[i%3+1].ID}}}
	}
	return all
}

// The statements of an import are those of a chunk, whatever the number of its rows.
func TestFiveHundredPeopleTakeTheStatementsOfTwenty(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		w := newCrowdWorld(p, 1)
		w.grantor = p.Admin
		var counts []int64
		for _, n := range []int{20, 500} {
			people := w.plainPeople(n, fmt.Sprintf("d%d.test", n))
			c, counted := probe.CountStatements(t.Context())
			_, joined, err := w.createIn(c, people, true)
			must(t, err)
			same(t, "created together", joined, n)
			counts = append(counts, counted.Load())
		}
		t.Logf("%d statements for 20 people, %d for 500", counts[0], counts[1])
		// SQLite has no COPY and inserts 500 rows of a table in a statement.
		if more := counts[1] - counts[0]; more > 10 || p.Store.Concurrent() && more > 2 {
			t.Errorf("%d statements for 20 people, %d for 500", counts[0], counts[1])
		}
		if counts[0] > 60 {
			t.Errorf("%d statements for 20 people", counts[0])
		}
	})
}

func TestPeopleWhoAreCreatedTogetherAllComeOrNobodyDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		w := newCrowdWorld(p, 1)
		w.grantor = p.Admin
		p.Clock.Stop()
		for _, done := range []bool{false, true} {
			domain := fmt.Sprintf("%t.test", done)
			people := w.plainPeople(5, domain)
			n := atEach(p, done, func(c ctx) error {
				_, _, err := w.createIn(c, people, true)
				return err
			}, func() bool {
				return p.Member("person0@"+domain) != nil && p.Member("person4@"+domain) != nil
			})
			t.Logf("%d statements, done %t", n, done)
			if n < 12 {
				t.Errorf("only %d statements were reached", n)
			}
		}
		same(t, "seats", p.SeatsTaken(), 11)
	})
}

// subtract returns the lines of a list that are not in another.
func subtract(lines, others []string) (left []string) {
	for _, line := range lines {
		if at := slices.Index(others, line); at >= 0 {
			others = slices.Delete(slices.Clone(others), at, at+1)
			continue
		}
		left = append(left, line)
	}
	return left
}
