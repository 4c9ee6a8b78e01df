package mail

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"maps"
	"strings"
	texttemplate "text/template"

	"usher/internal/i18n"
	"usher/internal/palette"
)

//go:embed templates/layout.html templates/layout.txt
var layoutFiles embed.FS

// The layout in both formats. html/template escapes by context; after clean.go the text part
// needs no escaping.
var (
	htmlLayout = htmltemplate.Must(htmltemplate.ParseFS(layoutFiles, "templates/layout.html"))
	textLayout = texttemplate.Must(texttemplate.ParseFS(layoutFiles, "templates/layout.txt"))
)

// Rendered is a rendered email: its lines in the inbox, and the two alternatives of the body.
type Rendered struct {
	Subject   string
	Preheader string // preview line of inboxes; included in HTML
	Text      string
	HTML      string
	Locale    i18n.Locale
	Sender    string // name of the sender: "Ada Hart via Acme"; empty: that of the settings
	ReplyTo   string // where replies go if the envelope does not say; may be empty
	Calendar  string // the session as an iCalendar file; may be empty
}

// labelledValue is a value with a label: a session's start, a password, a count.
type labelledValue struct {
	Label, Value string
	Code         bool // shown in a monospaced font, because people copy it by hand
}

// mailPage is the data of the layouts in the recipient's language.
type mailPage struct {
	Locale                              i18n.Locale
	Subject, Preheader, Headline        string
	Sender, Monogram, LogoURL           string
	Palette                             palette.Palette
	Colon, Greeting                     string // French puts a space before a colon
	Lead                                []string
	MessageFrom                         string
	Message                             []string
	Event                               *mailEvent // stands in the HTML part instead of the facts
	Facts                               []labelledValue
	Link, Button, LinkHint, Until, Note string
	WhyLabel, Why, SentBy               string
	Contact, ContactText, ContactLink   string
	Documents                           []mailDocument
	ConsoleLink, ConsoleLabel           string
	PreferencesURL, PreferencesLabel    string
}

// mailDocument is a document of the workspace, such as its terms.
type mailDocument struct{ Label, URL string }

// mailEvent is a session with the leaf of its day.
type mailEvent struct {
	Leaf  *CalendarLeaf // nil without a start
	Title string
	Dates []string
}

// Render renders a content. It fails only if a value is missing that the kind needs.
func Render(c Content) (Rendered, error) {
	shape, err := c.validate()
	if err != nil {
		return Rendered{}, err
	}

	// Security: before anything uses the texts. html/template escapes markup, not direction marks
	// or line breaks.
	c.cleanTexts()
	p := c.buildPage(shape)
	var html, text strings.Builder
	if err := htmlLayout.Execute(&html, p); err != nil {
		return Rendered{}, fmt.Errorf("mail: %s as HTML: %w", c.Kind, err)
	}
	if err := textLayout.Execute(&text, p); err != nil {
		return Rendered{}, fmt.Errorf("mail: %s as text: %w", c.Kind, err)
	}
	calendar, err := c.buildCalendar(p.Event)
	if err != nil {
		return Rendered{}, fmt.Errorf("mail: %s as a calendar: %w", c.Kind, err)
	}
	return Rendered{Subject: p.Subject, Preheader: p.Preheader, Text: text.String(),
		HTML: html.String(), Locale: c.Locale, Sender: c.senderName(shape),
		ReplyTo: c.replyAddress(), Calendar: calendar}, nil
}

// senderName returns the name that inboxes show: the person who caused the email and the workspace,
// or the workspace alone. It is empty for an email about an account.
//
// Security: inboxes show it before anything else, so that the names pass the checks of subjects, and
// an email that anybody can trigger names no person.
func (c *Content) senderName(shape kindTraits) string {
	name := breakLinks(c.Workspace.Name)
	if name == "" || c.InviterName == "" || shape.untrusted {
		return name
	}
	return cleanLine(i18n.T(c.Locale, "mail.sender", i18n.Args{"Inviter": c.InviterName,
		"Workspace": name}), maxName)
}

// contactLink returns the link of the workspace's contact, "" for a contact that is neither an
// address nor a page, such as a telephone number.
func (c *Content) contactLink() string {
	if a := c.replyAddress(); a != "" {
		return "mailto:" + a
	}
	if isAbsoluteURL(c.Workspace.SupportContact) {
		return c.Workspace.SupportContact
	}
	return ""
}

// replyAddress returns the address of the workspace's contact, "" if the contact is no address.
func (c *Content) replyAddress() string {
	if a, err := ParseFrom(c.Workspace.SupportContact); err == nil {
		return a.Address
	}
	return ""
}

// buildPage chooses the sentences. It runs after cleanTexts.
func (c *Content) buildPage(shape kindTraits) mailPage {
	// The language may have been removed since it was stored.
	if !i18n.Known(string(c.Locale)) {
		c.Locale = i18n.English
	}
	// Security: subjects begin with the inviter's name, so it must pass the same check as the
	// recipient's.
	if !isGreetable(c.InviterName) {
		c.InviterName = ""
	}
	args := c.buildArgs()
	// Security: inboxes make links of subjects too, and names in them are user input.
	subject := maps.Clone(args)
	for _, name := range []string{"Workspace", "Session", "Program", "Title"} {
		if s, ok := subject[name].(string); ok {
			subject[name] = breakLinks(s)
		}
	}
	t := func(key string) string { return i18n.T(c.Locale, "mail."+key, args) }
	own := func(part string) string { return t(string(c.Kind) + "_" + part) }

	p := mailPage{
		Locale: c.Locale, Subject: cleanLine(i18n.T(c.Locale, "mail."+string(c.Kind)+"_subject",
			subject), maxSubject), Preheader: cleanLine(own("preheader"), maxSubject),
		Headline: own("headline"), Monogram: palette.Monogram(args["Workspace"].(string)),
		Sender: args["Workspace"].(string), LogoURL: c.Workspace.LogoURL,
		Palette: workspacePalette(c.Workspace.Color),
		Colon:   t("colon"), Greeting: t("hello"), Lead: strings.Split(own("lead"), "\n"),
		Event:    c.buildEvent(t, shape),
		Facts:    c.listFacts(t, shape),
		WhyLabel: t("why"), Why: own("why"),
		Documents:      c.listDocuments(t),
		PreferencesURL: c.PreferencesURL, PreferencesLabel: t("preferences"),
	}
	// Security: an email that anybody can trigger must not repeat what anybody may type, or Usher
	// would deliver spam.
	if isGreetable(c.RecipientName) && !shape.untrusted {
		p.Greeting = t("hello_name")
	}
	if c.Message != "" && !shape.untrusted {
		p.MessageFrom, p.Message = t("message_from"), strings.Split(c.Message, "\n")
	}
	if c.Link != "" {
		p.Link, p.Button, p.LinkHint = c.Link, own("button"), t("link_hint")
	}
	if c.ConsoleLink != "" {
		p.ConsoleLink, p.ConsoleLabel = c.ConsoleLink, t("console")
	}
	// In Credentials the password expires, not the link.
	if c.ExpiresAt != nil && c.Link != "" && c.Kind != Credentials &&
		c.Kind != WorkspaceDeletion {
		p.Until = t("link_until")
		// Nobody plans by the minute for a link that is open for days.
		if shape.daysOpen {
			p.Until = t("link_until_day")
		}
	}
	if shape.note {
		p.Note = own("note")
	}
	if c.Workspace.SupportContact != "" {
		p.Contact, p.ContactText, p.ContactLink = t("contact"), c.Workspace.SupportContact,
			c.contactLink()
	}
	if c.Workspace.Name != "" {
		p.SentBy = t("sent_by")
	}
	return p
}

// listDocuments returns the privacy notice and the terms of the workspace, as far as it has them.
func (c *Content) listDocuments(translate func(key string) string) []mailDocument {
	var documents []mailDocument
	for _, d := range []mailDocument{{translate("privacy_notice"), c.Workspace.PrivacyURL},
		{translate("terms"), c.Workspace.TermsURL}} {
		if d.URL != "" {
			documents = append(documents, d)
		}
	}
	return documents
}

// workspacePalette returns the colours of an email from the colour of its workspace. Usher's own
// stands in for one that is missing or malformed.
func workspacePalette(color string) palette.Palette {
	brand, ok := palette.Parse(color)
	if !ok {
		brand = palette.Usher
	}
	return palette.Derive(brand, palette.Light)
}

// buildArgs returns the placeholders of sentences. All are always present, so that a sentence can
// test {{if .Inviter}}.
func (c *Content) buildArgs() i18n.Args {
	zone := c.Workspace.TimeZone
	args := i18n.Args{
		"Workspace": c.Workspace.Name, "Recipient": c.RecipientName, "Inviter": c.InviterName,
		"Person":  c.SubjectName,
		"Contact": c.Workspace.SupportContact, "Pending": c.Pending, "What": string(c.What),
		"NewAddress": c.NewAddress,
		"GroupsGone": c.GroupsGone, "Endpoint": c.Endpoint, "Reason": c.Reason, "HasLink": c.Link != "",
		"Expires": "", "ExpiresDay": "", "Session": "", "Program": "", "Title": "", "StartDay": "",
		"File":      "",
		"Cancelled": false,
	}
	// Emails about an account have no workspace, and come from Usher.
	if c.Workspace.Name == "" {
		args["Workspace"] = i18n.T(c.Locale, "mail.product", nil)
	}
	if c.ExpiresAt != nil {
		args["Expires"] = When(c.Locale, *c.ExpiresAt, zone)
		args["ExpiresDay"] = Day(c.Locale, *c.ExpiresAt, zone)
	}
	if s := c.Session; s != nil {
		args["Session"], args["Program"] = s.Name, s.Program
		args["Title"] = s.Title(c.Locale)
		if s.StartsAt != nil {
			args["StartDay"] = Day(c.Locale, *s.StartsAt, zone)
		}
	}
	if c.Import != nil {
		args["File"], args["Cancelled"] = c.Import.File, c.Import.Cancelled
	}
	return args
}

// buildEvent returns the session of the kinds that show one, nil for other kinds.
func (c *Content) buildEvent(translate func(key string) string, shape kindTraits) *mailEvent {
	if !shape.session {
		return nil
	}
	s, zone := c.Session, c.Workspace.TimeZone
	event := &mailEvent{Title: s.Title(c.Locale)}
	if s.StartsAt != nil {
		leaf := Leaf(c.Locale, *s.StartsAt, zone)
		event.Leaf = &leaf
		event.Dates = append(event.Dates, When(c.Locale, *s.StartsAt, zone))
	}
	if s.EndsAt != nil {
		event.Dates = append(event.Dates, translate("fact_ends")+translate("colon")+" "+
			When(c.Locale, *s.EndsAt, zone))
	}
	if len(event.Dates) == 0 {
		event.Dates = []string{translate("always_open")}
	}
	return event
}

// listFacts lists the labelled values of the kind.
func (c *Content) listFacts(translate func(key string) string, shape kindTraits) []labelledValue {
	var facts []labelledValue
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, labelledValue{Label: translate(key), Value: value})
		}
	}
	if c.Kind == Credentials {
		return []labelledValue{{translate("fact_username"), c.Username, true},
			{translate("fact_password"), c.Password, true}}
	}
	if c.Kind == Welcome { // if the account was created for the recipient
		add("fact_username", c.Username)
	}
	// What tells one's own change from somebody else's.
	if c.Kind == SecurityNotice && c.At != nil {
		add("fact_time", When(c.Locale, *c.At, c.Workspace.TimeZone))
		if c.UserAgent != "" {
			add("fact_device", DescribeDevice(c.Locale, c.UserAgent))
		}
	}
	if shape.session {
		add("fact_session", c.Session.Name)
		add("fact_program", c.Session.Program)
		if c.Session.StartsAt != nil {
			add("fact_starts", When(c.Locale, *c.Session.StartsAt, c.Workspace.TimeZone))
		}
		if c.Session.EndsAt != nil {
			add("fact_ends", When(c.Locale, *c.Session.EndsAt, c.Workspace.TimeZone))
		}
		if c.Session.StartsAt == nil && c.Session.EndsAt == nil {
			add("fact_dates", translate("always_open"))
		}
	}
	if i := c.Import; c.Kind == ImportDigest {
		for _, row := range []struct {
			key string
			n   int
		}{{"invited", i.Invited}, {"created", i.Created}, {"updated", i.Updated},
			{"deactivated", i.Deactivated}, {"reactivated", i.Reactivated},
			{"skipped", i.Skipped}, {"rejected", i.Rejected}} {
			// Zero rejected rows are good news and are shown.
			if row.n > 0 || row.key == "rejected" {
				add("fact_"+row.key, formatCount(c.Locale, row.n))
			}
		}
	}
	return facts
}
