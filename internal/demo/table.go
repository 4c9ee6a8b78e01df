package demo

import "usher/internal/i18n"

// workspaceTables are the two workspaces of the demo organization.
var workspaceTables = []*workspaceTable{&academy, &france}

// workspaceTable is the data of one workspace. Names are keys of the catalogue, translated into the
// workspace's language. Times are in days: daysAgo counts back from the start of the demo, other
// values are relative to it.
type workspaceTable struct {
	slug, name, zone, color, support string
	locale                           i18n.Locale

	programs []programRow
	groups   []groupRow // parents first
	units    []unitRow  // parents first
	fields   []fieldRow

	people      []personRow // the first one founds the workspace
	accounts    []accountRow
	progress    []progressRow
	invitations []invitationRow
	joinPage    joinPageRow
	requests    []string // logins of members of an earlier workspace who ask to join this one
}

// accountRow is a person without a mailbox, for whom an administrator has made an account.
type accountRow struct {
	first, last, username string
	group                 string
}

// joinPageRow is a join page with the slug of the workspace.
type joinPageRow struct {
	welcomeKey, group string
	whitelist         []string
	approval          bool
}

// programRow is a program with its sessions.
type programRow struct {
	key      string
	sessions []sessionRow
}

// sessionRow is a run of a program; it is always open when both days are 0.
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

// unitRow is a node of the tree of org units.
type unitRow struct{ key, parent string }

// fieldRow is a custom field. With choices, which are keys too, its value is one of them.
type fieldRow struct {
	name, key string
	choices   []string
	required  bool
}

// personRow is a member of the demo. A login that an earlier row has names the same account.
type personRow struct {
	first, last, login string
	locale             i18n.Locale // the workspace's when empty
	by                 string      // login of the inviter; the administrator when empty
	daysAgo            int
	grant              grantRow
	// values of the custom fields: employee number, and the key of a choice
	number    string
	workPlace string
}

// grantRow is a grant, by keys.
type grantRow struct {
	roles      []string // learner when empty
	groups     []string
	unit       string
	sessions   []string // as sessionKey returns them
	labels     []string
	accessDays int // days until access ends; 0 is unlimited
}

// progressRow is the progress of a member in a session, in percent. 100 is completed, daysAgo days
// ago; -1 is withdrawn.
type progressRow struct {
	login, session   string
	percent, daysAgo int
}

// invitationRow is an invitation that nobody has accepted.
type invitationRow struct {
	email, first, last string
	by                 string
	daysAgo            int
	grant              grantRow
	message            string // key of a personal message
	linkOnly           bool   // created without sending an email
	fate               invitationFate
}

// invitationFate is the final state of an invitation row.
type invitationFate int

// The final states. With fateNewLinkRequested the invitation has expired and the invitee has asked
// for a new link (INV-12).
const (
	fatePending invitationFate = iota
	fateCancelled
	fateDeclined
	fateExpired
	fateNewLinkRequested
)

// sessionKey returns the key of a session, which includes its program because session names repeat.
func sessionKey(program, session string) string { return program + "/" + session }
