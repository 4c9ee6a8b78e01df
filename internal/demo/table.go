package demo

import "usher/internal/i18n"

// workspaceTables is the demo: two workspaces of one organization.
var workspaceTables = []*workspaceTable{&academy, &france}

// workspaceTable is the table of one workspace. What is named by a key is called what the catalogue
// says in the workspace's language. Times are in days: "ago" before the demo was made, others after
// it, negative ones before.
type workspaceTable struct {
	slug, name, zone, color, support string
	locale                           i18n.Locale

	programs []programRow
	groups   []groupRow // parents first
	units    []unitRow  // parents first
	fields   []fieldRow

	people      []personRow // the first one founds the workspace
	progress    []progressRow
	invitations []invitationRow
	joinPage    joinPageRow
}

// joinPageRow is a join page, at the workspace's own slug.
type joinPageRow struct {
	welcomeKey, group string
	whitelist         []string
	approval          bool
}

// programRow is a course with its sessions.
type programRow struct {
	key      string
	sessions []sessionRow
}

// sessionRow is a run of a course; always open when both days are 0.
type sessionRow struct {
	key      string
	from, to int
}

// groupRow is a node of the tree of groups.
type groupRow struct {
	key, parent, externalID string
	private                 bool
	programs                []string
}

// unitRow is a node of the organisation's own tree.
type unitRow struct{ key, parent string }

// fieldRow is a question about people; with choices, keys too, it is answered by one of them.
type fieldRow struct {
	name, key string
	choices   []string
	required  bool
}

// personRow is somebody to sign in as. Who has an account by an earlier row comes in with that
// account.
type personRow struct {
	first, last, login string
	locale             i18n.Locale // their own; the workspace's when empty
	by                 string      // the login of who invited; the administrator when empty
	daysAgo            int
	grant              grantRow
	number             string // answers of their own: employee number, and a choice
	workPlace          string
}

// grantRow is what somebody is given, by keys.
type grantRow struct {
	roles      []string // learner when empty
	groups     []string
	unit       string
	sessions   []string // runOf
	labels     []string
	accessDays int // days; 0 is for good
}

// progressRow is how far somebody has come in a session; 100 is completed, on that day; -1 is
// withdrawn.
type progressRow struct {
	login, session   string
	percent, daysAgo int
}

// invitationRow is one that nobody has accepted.
type invitationRow struct {
	email, first, last string
	by                 string
	daysAgo            int
	grant              grantRow
	message            string // key of a personal message
	linkOnly           bool   // made without sending
	fate               invitationFate
}

// invitationFate is what became of an invitation.
type invitationFate int

// What can become of one. An invitation asked anew has run out, and the invitee wants another link
// (INV-12).
const (
	fatePending invitationFate = iota
	fateCancelled
	fateDeclined
	fateExpired
	fateNewLinkRequested
)

// sessionKey names a session: those of two courses may be called alike.
func sessionKey(program, session string) string { return program + "/" + session }
