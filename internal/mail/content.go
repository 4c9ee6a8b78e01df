package mail

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"usher/internal/i18n"
)

// Content is everything a mail says, as plain values. Fields that a kind has no use for are
// ignored; the zero value of an optional one leaves its line out.
type Content struct {
	Kind      Kind
	Locale    i18n.Locale // the reader's language, else the workspace's
	Workspace Workspace   // zero for mails about an account alone

	RecipientName string // how to greet the reader; empty greets without a name
	// who caused the mail: inviter, creator, approver; empty where no person did
	InviterName string
	// the person a notice is about: a name, or the address as the reader may see it
	SubjectName string
	Message     string // a personal message: plain text, shown quoted, its line breaks kept

	Link      string     // the one button and the whole link as text; absolute
	ExpiresAt *time.Time // until when the link, or the mailed password, works

	Session *Session
	Pending bool // of a session mail: the reader has an open invitation, and Link accepts it

	Username, Password string // Credentials
	What               Change // SecurityNotice
	NewAddress         string // MoveRequested, and SecurityNotice of a changed e-mail
	// InvitationAccepted: none of the invitation's groups is left (ADM-7)
	GroupsGone bool
	Import     *Import // ImportDigest
	Endpoint   string  // WebhookDisabled: the URL that no longer answers

	// the 'do not mail me again' page; absolute; give it to Envelope.ListUnsubscribe too
	PreferencesURL string
}

// Workspace is how the sending workspace presents itself.
type Workspace struct {
	Name           string
	LogoURL        string // absolute, or empty
	Color          string // "#rgb" or "#rrggbb"; anything else gives Usher's own
	SupportContact string // as the workspace wrote it: an address, a phone number, a page
	TimeZone       *time.Location
}

// Session is a run of a program as a mail tells it. Without dates it is always open.
type Session struct {
	Name, Program    string
	StartsAt, EndsAt *time.Time
}

// Import is the outcome of an import, in rows.
type Import struct {
	File                                         string
	Invited, Created, Updated, Skipped, Rejected int
	Cancelled                                    bool
}

// validate refuses a content that would make a useless or unsafe mail. What it reports is a mistake
// of the caller, never of a person, so these are plain errors.
func (c *Content) validate() (kindTraits, error) {
	s, known := traitsByKind[c.Kind]
	switch {
	case !known:
		return s, fmt.Errorf("mail: unknown kind %q", c.Kind)
	case s.link && c.Link == "":
		return s, fmt.Errorf("mail: %s needs a link", c.Kind)
	case s.session && c.Session == nil:
		return s, fmt.Errorf("mail: %s needs a session", c.Kind)
	case c.Kind == Credentials && (c.Username == "" || c.Password == ""):
		return s, fmt.Errorf("mail: %s needs a username and a password", c.Kind)
	case c.Kind == ImportDigest && c.Import == nil:
		return s, fmt.Errorf("mail: %s needs an import", c.Kind)
	case c.Kind == SecurityNotice && !slices.Contains(securityChanges, c.What):
		return s, fmt.Errorf("mail: %s needs to know what changed", c.Kind)
	}
	for name, link := range map[string]string{"Link": c.Link, "PreferencesURL": c.PreferencesURL,
		"LogoURL": c.Workspace.LogoURL} {
		if link != "" && !isAbsoluteURL(link) {
			// The link itself stays out of the error: it may carry a token, and errors are logged.
			return s, fmt.Errorf("mail: %s of %s is not an absolute http or https URL",
				name, c.Kind)
		}
	}
	return s, nil
}

// isAbsoluteURL tells whether a link leads to the same place for every reader.
//
// Security: a relative link, or one with another scheme, would be resolved by the mail program, not
// by us.
func isAbsoluteURL(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		!strings.ContainsAny(link, " \t\r\n<>\"")
}

// cleanTexts makes every text that a person typed safe to show; Password alone stays as it is.
func (c *Content) cleanTexts() {
	for _, s := range []*string{
		&c.Workspace.Name, &c.Workspace.SupportContact, &c.RecipientName, &c.InviterName,
		&c.SubjectName,
		&c.Username, &c.NewAddress, &c.Endpoint,
	} {
		*s = cleanLine(*s, maxName)
	}
	c.Message = cleanParagraphs(c.Message, maxMessage)
	if c.Session != nil {
		s := *c.Session // a copy: the caller's session is not ours to change
		s.Name, s.Program = cleanLine(s.Name, maxName), cleanLine(s.Program, maxName)
		c.Session = &s
	}
	if c.Import != nil {
		i := *c.Import
		i.File = cleanLine(i.File, maxName)
		c.Import = &i
	}
}
