package mail

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"usher/internal/i18n"
)

// Content holds the values of an email. A kind ignores fields that it does not use. The zero value
// of an optional field leaves its line out.
type Content struct {
	Kind      Kind
	Locale    i18n.Locale // the recipient's language, else the workspace's
	Workspace Workspace   // zero for emails about an account only

	RecipientName string // name in the greeting; may be empty
	// the person who caused the email: inviter, creator, approver; may be empty
	InviterName string
	// the person that a notice is about: a name, or the address as the recipient may see it
	SubjectName string
	Message     string // personal message: plain text with line breaks, shown as a quotation

	Link string // of the button, also shown as text; absolute
	// the page of the console about the same thing; absolute, or empty
	ConsoleLink string
	ExpiresAt   *time.Time // expiry of the link or of the emailed password

	Session *Session
	Pending bool // session emails: the recipient has a pending invitation, and Link accepts it

	Username, Password string // Credentials; the username also in a Welcome
	What               Change // SecurityNotice
	// SecurityNotice: when it happened, and the user agent of the request; zero where not known
	At         *time.Time
	UserAgent  string
	NewAddress string // MoveRequested, and SecurityNotice of a changed e-mail
	// InvitationAccepted: none of the invitation's groups is left (ADM-7)
	GroupsGone bool
	Import     *Import // ImportDigest
	Endpoint   string  // WebhookDisabled: the URL that no longer answers
	Reason     string  // WebhookDisabled: FAILING, GONE or AUTHORITY

	// page to stop emails; absolute; also goes into Envelope.ListUnsubscribe
	PreferencesURL string
}

// Workspace is the presentation of the sending workspace.
type Workspace struct {
	Name           string
	LogoURL        string // absolute, or empty
	Color          string // "#rgb" or "#rrggbb"; Usher's own for any other value
	SupportContact string // free text: an address, a phone number, a page
	PrivacyURL     string // of the privacy notice; absolute, or empty
	TermsURL       string // of the terms; absolute, or empty
	TimeZone       *time.Location
}

// Session is a run of a program in an email. Without dates it is always open.
type Session struct {
	Name, Program    string
	StartsAt, EndsAt *time.Time
	// UID names the session in calendars, the same in every email about it (RFC 5545, 3.8.4.7);
	// empty for no calendar file
	UID string
	// when the email was composed, with its UID
	ComposedAt time.Time
}

// Title returns the program and the session: "Safety: spring run". The name of the session is enough
// if it begins with that of the program, as the names do that Usher makes from a date.
func (s *Session) Title(l i18n.Locale) string {
	if strings.HasPrefix(s.Name, s.Program) {
		return s.Name
	}
	return i18n.T(l, "mail.session_title", i18n.Args{"Program": s.Program, "Session": s.Name})
}

// Import is the result of an import, in rows.
type Import struct {
	File                                         string
	Invited, Created, Updated, Skipped, Rejected int
	Deactivated, Reactivated                     int // of a sync
	Cancelled                                    bool
}

// validate rejects a content whose email would be useless or unsafe. The errors are programming
// errors, so they are no faults.
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
	for name, link := range map[string]string{"Link": c.Link, "ConsoleLink": c.ConsoleLink,
		"PreferencesURL": c.PreferencesURL, "LogoURL": c.Workspace.LogoURL,
		"PrivacyURL": c.Workspace.PrivacyURL, "TermsURL": c.Workspace.TermsURL} {
		if link != "" && !isAbsoluteURL(link) {
			// The link itself stays out of the error: it may carry a token, and errors are logged.
			return s, fmt.Errorf("mail: %s of %s is not an absolute http or https URL",
				name, c.Kind)
		}
	}
	return s, nil
}

// isAbsoluteURL reports whether a link has the same target for every recipient.
//
// Security: an email program would resolve a relative link, or one with another scheme.
func isAbsoluteURL(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		!strings.ContainsAny(link, " \t\r\n<>\"")
}

// cleanTexts makes every text of user input safe to show. The password stays unchanged.
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
		s := *c.Session // a copy, because the caller may use its session again
		s.Name, s.Program = cleanLine(s.Name, maxName), cleanLine(s.Program, maxName)
		c.Session = &s
	}
	if c.Import != nil {
		i := *c.Import
		i.File = cleanLine(i.File, maxName)
		c.Import = &i
	}
}
