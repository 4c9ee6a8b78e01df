package demo

import "usher/internal/i18n"

// workplaces is the demo: two workspaces of one organization.
var workplaces = []*workplace{&academy, &france}

// workplace is the table of one workspace. What is named by a key is called what the catalogue says
// in the workspace's language. Times are in days: "ago" before the demo was made, others after it,
// negative ones before.
type workplace struct {
	slug, name, zone, color, support string
	locale                           i18n.Locale

	programs []program
	groups   []group // parents first
	units    []unit  // parents first
	fields   []field

	people      []person // the first one founds the workspace
	progress    []progress
	invitations []demoInvitation
	door        door
}

// door is a join page, at the workspace's own slug.
type door struct {
	welcome, group string
	whitelist      []string
	approval       bool
}

// program is a course with its sessions.
type program struct {
	key      string
	sessions []session
}

// session is a run of a course; always open when both days are 0.
type session struct {
	key      string
	from, to int
}

// group is a node of the tree of groups.
type group struct {
	key, parent, externalID string
	private                 bool
	programs                []string
}

// unit is a node of the organisation's own tree.
type unit struct{ key, parent string }

// field is a question about people; with choices, keys too, it is answered by one of them.
type field struct {
	name, key string
	choices   []string
	required  bool
}

// person is somebody to sign in as. Who has an account by an earlier row comes in with that
// account.
type person struct {
	first, last, login string
	locale             i18n.Locale // their own; the workspace's when empty
	by                 string      // the login of who invited; the administrator when empty
	ago                int
	grant              grant
	number             string // answers of their own: employee number, and a choice
	works              string
}

// grant is what somebody is given, by keys.
type grant struct {
	roles    []string // learner when empty
	groups   []string
	unit     string
	sessions []string // runOf
	labels   []string
	accessTo int // days; 0 is for good
}

// progress is how far somebody has come in a session; 100 is completed, on that day; -1 is
// withdrawn.
type progress struct {
	login, session string
	percent, ago   int
}

// demoInvitation is one that nobody has accepted.
type demoInvitation struct {
	email, first, last string
	by                 string
	ago                int
	grant              grant
	message            string // key of a personal message
	linkOnly           bool   // made without sending
	fate               fate
}

// fate is what became of an invitation.
type fate int

// What can become of one. An invitation asked anew has run out, and the invitee wants another link
// (INV-12).
const (
	pending fate = iota
	cancelled
	declined
	expired
	askedAnew
)

// runOf names a session: those of two courses may be called alike.
func runOf(program, session string) string { return program + "/" + session }
