package workspace

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/weburl"
)

// UpdateInput says what to change in a workspace. nil keeps a value.
type UpdateInput struct {
	ID                        ident.ID
	Name                      *string
	LogoURL                   inputs.Change[string]
	Color                     inputs.Change[string]
	DefaultLocale             *string
	TimeZone                  *string
	SupportContact            inputs.Change[string]
	InvitationDays            *int
	RemindDaysBeforeExpiry    []int
	RemindDaysAfterSending    []int
	RequireGroup              *bool
	EraseUnacceptedAfterDays  *int
	SessionReminderDaysBefore []int
	HomeURL                   inputs.Change[string]
	AllowedRedirectURLs       []string
	InvitationLinkTemplate    inputs.Change[string]
	JoinLinkTemplate          inputs.Change[string]
	PrivacyURL                inputs.Change[string]
	TermsURL                  inputs.Change[string]
	ConsentRequired           *bool
	ConsentVersion            inputs.Change[string]
}

// These are the limits of a workspace's settings.
const (
	maxName      = 200
	maxURL       = 2_000
	maxDays      = 365
	maxKeptDays  = 3_650 // ten years
	maxReminders = 5
	maxRedirects = 50
)

// colorForm is the form of a color, which is written into styles.
var colorForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Update changes the branding and the defaults of a workspace. Defaults apply to what is created
// afterwards. Errors: FORBIDDEN, BAD_USER_INPUT.
func (s *Service) Update(ctx context.Context, by *access.Caller,
	in UpdateInput) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "update workspace")

	m, err := by.RequireMembership(in.ID)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.WorkspaceManage) {
		return nil, fault.Denied()
	}

	if err := in.validate(s.LinkOrigins); err != nil {
		return nil, err
	}

	var w *ent.Workspace
	ctx = store.InWorkspace(ctx, in.ID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if w, err = lockWorkspace(ctx, tx); err != nil {
			return err
		}
		update := tx.Workspace.UpdateOne(w).SetNillableName(in.Name).
			SetNillableDefaultLocale(in.DefaultLocale).SetNillableTimeZone(in.TimeZone)
		for _, c := range []struct {
			inputs.Change[string]
			set   func(string) *ent.WorkspaceUpdateOne
			clear func() *ent.WorkspaceUpdateOne
		}{
			{in.LogoURL, update.SetLogoURL, update.ClearLogoURL},
			{in.Color, update.SetColor, update.ClearColor},
			{in.SupportContact, update.SetSupportContact, update.ClearSupportContact},
			{in.HomeURL, update.SetHomeURL, update.ClearHomeURL},
		} {
			switch {
			case c.Set && c.Value != nil:
				c.set(*c.Value)
			case c.Set:
				c.clear()
			}
		}
		// Settings are one JSON column, so the present values are kept by reading them behind the
		// lock.
		set := in.changeSettings(w.Settings)
		if err := checkConsent(set); err != nil {
			return err
		}
		previous := w
		if w, err = update.SetSettings(set).Save(ctx); err != nil {
			return err
		}
		// The next reminders are stored, so they are computed again.
		if in.SessionReminderDaysBefore != nil || in.TimeZone != nil {
			if err := s.Training.ScheduleReminders(ctx, tx, w); err != nil {
				return err
			}
		}
		return s.recordEvent(ctx, tx, by, w.ID, audit.WorkspaceEdited, w.ID,
			describeSettingChanges(previous, w)...)
	})
	return w, err
}

// changeSettings returns the settings with the changes of the input.
func (in *UpdateInput) changeSettings(set schema.WorkspaceSettings) schema.WorkspaceSettings {
	if in.InvitationDays != nil {
		set.InvitationDays = *in.InvitationDays
	}
	if in.RemindDaysBeforeExpiry != nil {
		set.RemindDaysBeforeExpiry = in.RemindDaysBeforeExpiry
	}
	if in.RemindDaysAfterSending != nil {
		set.RemindDaysAfterSending = in.RemindDaysAfterSending
	}
	if in.RequireGroup != nil {
		set.RequireGroup = *in.RequireGroup
	}
	if in.EraseUnacceptedAfterDays != nil {
		set.EraseUnacceptedAfterDays = *in.EraseUnacceptedAfterDays
	}
	if in.SessionReminderDaysBefore != nil {
		set.SessionReminderDaysBefore = in.SessionReminderDaysBefore
	}
	if in.AllowedRedirectURLs != nil {
		set.AllowedRedirectURLs = in.AllowedRedirectURLs
	}
	// null clears a template, so set and not given are told apart.
	if in.InvitationLinkTemplate.Set {
		set.InvitationLinkTemplate = in.InvitationLinkTemplate.Value
	}
	if in.JoinLinkTemplate.Set {
		set.JoinLinkTemplate = in.JoinLinkTemplate.Value
	}
	in.changeDocuments(&set)
	return set
}

// describeSettingChanges returns one detail for each setting that differs, by its name in the API.
func describeSettingChanges(previous, w *ent.Workspace) []schema.Detail {
	text := inputs.ValueOrEmpty
	old, set := previous.Settings, w.Settings
	return slices.Concat(
		newDetail("name", previous.Name, w.Name),
		newDetail("logoUrl", text(previous.LogoURL), text(w.LogoURL)),
		newDetail("color", text(previous.Color), text(w.Color)),
		newDetail("defaultLocale", previous.DefaultLocale, w.DefaultLocale),
		newDetail("timeZone", previous.TimeZone, w.TimeZone),
		newDetail("supportContact", text(previous.SupportContact), text(w.SupportContact)),
		newDetail("invitationDays", strconv.Itoa(old.InvitationDays),
			strconv.Itoa(set.InvitationDays)),
		newDetail("remindDaysBeforeExpiry", joinDays(old.RemindDaysBeforeExpiry),
			joinDays(set.RemindDaysBeforeExpiry)),
		newDetail("remindDaysAfterSending", joinDays(old.RemindDaysAfterSending),
			joinDays(set.RemindDaysAfterSending)),
		newDetail("requireGroup", strconv.FormatBool(old.RequireGroup),
			strconv.FormatBool(set.RequireGroup)),
		newDetail("sessionReminderDaysBefore", joinDays(old.SessionReminderDaysBefore),
			joinDays(set.SessionReminderDaysBefore)),
		newDetail("eraseUnacceptedAfterDays", strconv.Itoa(old.EraseUnacceptedAfterDays),
			strconv.Itoa(set.EraseUnacceptedAfterDays)),
		newDetail("homeUrl", text(previous.HomeURL), text(w.HomeURL)),
		newDetail("allowedRedirectUrls", strings.Join(old.AllowedRedirectURLs, ", "),
			strings.Join(set.AllowedRedirectURLs, ", ")),
		newDetail("invitationLinkTemplate", text(old.InvitationLinkTemplate),
			text(set.InvitationLinkTemplate)),
		newDetail("joinLinkTemplate", text(old.JoinLinkTemplate), text(set.JoinLinkTemplate)),
		describeDocumentChanges(old, set))
}

// joinDays joins numbers of days.
func joinDays(days []int) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = strconv.Itoa(d)
	}
	return strings.Join(words, ", ")
}

// validate refuses invalid values, each at its field. linkOrigins are those of Service.
func (in *UpdateInput) validate(linkOrigins []string) error {
	var faults fault.Collector
	faults.Add(in.checkProfile(), in.checkLocation(), in.checkDays(), in.checkLanding(),
		in.checkLinkTemplates(linkOrigins), in.checkDocuments())
	return faults.Err()
}

// checkProfile validates and trims the name, and validates the logo, the color and the contact.
func (in *UpdateInput) checkProfile() error {
	var faults fault.Collector
	if in.Name != nil {
		name := strings.TrimSpace(*in.Name)
		if n := utf8.RuneCountInString(name); n == 0 || n > maxName ||
			strings.ContainsAny(name, "\r\n\t\x00") {
			faults.Add(fault.Input("name", "workspace.name", i18n.Args{"Max": maxName}))
		}
		in.Name = &name
	}
	if v := in.LogoURL.Value; v != nil {
		if _, ok := weburl.ParsePicture(*v); !ok || len(*v) > maxURL {
			faults.Add(fault.Input("logoUrl", "workspace.logo"))
		}
	}
	if v := in.Color.Value; v != nil && !colorForm.MatchString(*v) {
		faults.Add(fault.Input("color", "workspace.color"))
	}
	// A telephone number is a contact too, so only its length and line breaks are checked.
	if v := in.SupportContact.Value; v != nil && (utf8.RuneCountInString(*v) > maxName ||
		strings.ContainsAny(*v, "\r\n\t\x00")) {
		faults.Add(fault.Input("supportContact", "workspace.name", i18n.Args{"Max": maxName}))
	}
	return faults.Err()
}

// checkLocation validates the language and the time zone.
func (in *UpdateInput) checkLocation() error {
	var faults fault.Collector
	if in.DefaultLocale != nil && !i18n.Known(*in.DefaultLocale) {
		faults.Add(fault.Input("defaultLocale", "input.locale",
			i18n.Args{"Value": *in.DefaultLocale}))
	}
	if in.TimeZone != nil {
		if _, err := time.LoadLocation(*in.TimeZone); err != nil || *in.TimeZone == "" ||
			// "" and "Local" are known to Go and mean the zone of the server.
			*in.TimeZone == "Local" {
			faults.Add(fault.Input("timeZone", "workspace.time_zone"))
		}
	}
	return faults.Err()
}

// checkDays validates the lifetimes and the reminders, all in days.
func (in *UpdateInput) checkDays() error {
	var faults fault.Collector
	// 0 is allowed: invitations that never expire, and addresses that are never erased.
	if d := in.InvitationDays; d != nil && (*d < 0 || *d > maxDays) {
		faults.Add(fault.Input("invitationDays", "workspace.days", i18n.Args{"Max": maxDays}))
	}
	if d := in.EraseUnacceptedAfterDays; d != nil && (*d < 0 || *d > maxKeptDays) {
		faults.Add(fault.Input("eraseUnacceptedAfterDays", "workspace.kept_days",
			i18n.Args{"Max": maxKeptDays}))
	}
	for _, list := range []struct {
		field string
		days  []int
	}{
		{"remindDaysBeforeExpiry", in.RemindDaysBeforeExpiry},
		{"remindDaysAfterSending", in.RemindDaysAfterSending},
		{"sessionReminderDaysBefore", in.SessionReminderDaysBefore},
	} {
		if len(list.days) > maxReminders || slices.ContainsFunc(list.days, func(d int) bool {
			return d < 1 || d > maxDays
		}) {
			faults.Add(fault.Input(list.field, "workspace.reminders",
				i18n.Args{"Max": maxDays, "Many": maxReminders}))
		}
	}
	return faults.Err()
}
