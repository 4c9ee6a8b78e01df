package pages

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/signin"
	"usher/ent/workspace"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/web"
)

// The actions of the buttons of the account page.
const (
	endSignIn         = "end"
	signOutEverywhere = "everywhere"
)

// serveAccount serves the page of the signed-in account: its invitations, workspaces, sign-ins and
// details (AUT-7).
func (v *visit) serveAccount() error {
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in", "next", v.r.URL.EscapedPath()))
	}
	if v.isSubmission() {
		return v.changeSignIns()
	}
	u, err := v.loadAccount()
	if err != nil {
		return err
	}
	p := pageView{Title: v.t("account_title"), Notice: v.doneNotice("profile", "email_requested",
		"ended")}
	p.Text = []string{v.t("home_signed_in", "Account", accountName(u))}
	for _, section := range []func(*ent.User) (pageSection, error){v.invitationSection,
		v.workspaceSection, v.signInSection, v.detailSection} {
		s, err := section(u)
		if err != nil {
			return err
		}
		if len(s.Rows) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	p.Form = v.signOutForm(v.pathTo("/", "done", "signed_out"), v.t("sign_out_button"))
	p.Form.Quiet = true
	p.Links = []pageLink{{v.pathTo("/"), v.t("to_home")}}
	return v.showPage(http.StatusOK, p)
}

// loadAccount returns the account of the caller, and sets the language of its page.
func (v *visit) loadAccount() (*ent.User, error) {
	return v.Store.User.Get(store.AsCaller(v.r.Context(), v.caller), v.caller.UserID)
}

// changeSignIns ends one sign-in or all of them.
func (v *visit) changeSignIns() error {
	ctx := v.r.Context()
	switch v.r.PostForm.Get("act") {
	case signOutEverywhere:
		if err := v.Accounts.SignOutEverywhere(ctx, v.caller); err != nil {
			return err
		}
		v.cookies.Clear(v.w)
		return v.seeOther(v.pathTo("/", "done", "signed_out"))
	case endSignIn:
		id, err := ident.Parse(v.r.PostForm.Get("id"))
		if err != nil {
			return v.reloadPage()
		}
		// One that has ended meanwhile is what the person wanted.
		if err := v.Accounts.EndSignIn(ctx, v.caller, id); err != nil &&
			!fault.Has(err, fault.NotFound) {
			return err
		}
		return v.seeOther(v.pathTo("/account", "done", "ended"))
	}
	return v.reloadPage()
}

// invitationSection lists the pending invitations of the account, with a button that accepts.
// Declining asks a question, so it stays on the page of the invitation.
func (v *visit) invitationSection(*ent.User) (pageSection, error) {
	s := pageSection{ID: "invitations", Title: v.t("account_invitations")}
	own, err := v.Acceptances.ListOwn(v.r.Context(), v.caller)
	for _, inv := range own {
		path := v.pathTo("/invitations/" + inv.Token)
		row := sectionRow{Title: inv.Workspace.Name,
			Form: &pageForm{Action: path, Act: "accept", Button: v.t("account_accept"),
				Label: v.t("account_accept_at", "Workspace", inv.Workspace.Name)},
			Link:    &pageLink{path, v.t("account_open_invitation")},
			LinkFor: inv.Workspace.Name}
		until := ""
		if inv.ExpiresAt != nil {
			until = mail.Day(v.locale, *inv.ExpiresAt, i18n.LoadZone(inv.Workspace.TimeZone))
		}
		row.Meta = v.t("account_invited", "Inviter", inv.InvitedBy, "Until", until)
		s.Rows = append(s.Rows, row)
	}
	return s, err
}

// workspaceSection lists the workspaces in which the person is active.
func (v *visit) workspaceSection(*ent.User) (pageSection, error) {
	s := pageSection{ID: "workspaces", Title: v.t("account_workspaces")}
	places, err := v.Store.Member.Query().Where(member.UserID(v.caller.UserID),
		member.StatusEQ(member.StatusActive)).WithWorkspace().
		Order(member.ByWorkspaceField(workspace.FieldName)).
		All(store.AsSystem(v.r.Context(), "the person's own memberships"))
	for _, m := range places {
		w := m.Edges.Workspace
		row := sectionRow{Title: w.Name, LinkFor: w.Name, Meta: v.t("account_since", "Date",
			mail.Day(v.locale, m.JoinedAt, i18n.LoadZone(w.TimeZone)))}
		if to := v.startOfLogin(w.ID, admission.LandingURL(w, "")); to != "" {
			row.Link = &pageLink{to, v.t("account_open")}
		} else if in := v.caller.In(w.ID); in != nil && in.Staff() && web.HasConsole() {
			row.Link = &pageLink{"/console/?workspace=" + w.Slug, v.t("home_console")}
		}
		s.Rows = append(s.Rows, row)
	}
	return s, err
}

// signInSection lists the sign-ins of the account, this one first, with a button that ends each
// other one.
func (v *visit) signInSection(*ent.User) (pageSection, error) {
	s := pageSection{ID: "sign-ins", Title: v.t("account_sign_ins")}
	rows, err := v.Store.SignIn.Query().Where(v.Accounts.LiveSignIns()).
		Order(ent.Desc(signin.FieldLastUsedAt)).All(store.AsCaller(v.r.Context(), v.caller))
	for _, one := range rows {
		row := sectionRow{Title: mail.DescribeDevice(v.locale, trimmedText(one.UserAgent)),
			Meta: v.t("account_last_used", "Date", mail.When(v.locale, one.LastUsedAt, nil))}
		if one.ID == v.caller.SignInID {
			row.Mark = v.t("account_this_device")
			s.Rows = append([]sectionRow{row}, s.Rows...)
			continue
		}
		row.Form = &pageForm{Action: v.currentPath(""), Act: endSignIn, Quiet: true,
			Hidden: []hiddenField{{"id", one.ID.String()}}, Button: v.t("sign_out_button"),
			Label: v.t("account_end", "Device", row.Title)}
		s.Rows = append(s.Rows, row)
	}
	if len(rows) > 1 {
		s.Form = &pageForm{Action: v.currentPath(""), Act: signOutEverywhere, Quiet: true,
			Button: v.t("account_everywhere")}
	}
	return s, err
}

// detailSection lists what the person can change about themselves.
func (v *visit) detailSection(u *ent.User) (pageSection, error) {
	change := func(path string) *pageLink { return &pageLink{v.pathTo(path), v.t("account_change")} }
	language := v.t("account_language_workspace")
	if i18n.Known(trimmedText(u.Locale)) {
		language = i18n.T(i18n.Locale(*u.Locale), "pages.language_name", nil)
	}
	s := pageSection{ID: "details", Title: v.t("account_details")}
	add := func(title, meta, path string) {
		s.Rows = append(s.Rows, sectionRow{Title: title, Meta: meta, LinkFor: title,
			Link: change(path)})
	}
	add(v.t("account_name"), admission.DisplayName(u), "/account/profile")
	add(v.t("locale"), language, "/account/profile")
	email := v.t("account_no_email")
	switch {
	case u.Email != nil && u.EmailProven:
		email = *u.Email
	case u.Email != nil:
		email = v.t("account_email_unverified", "Email", *u.Email)
	}
	add(v.t("email"), email, "/account/email")
	if u.Username != nil {
		s.Rows = append(s.Rows, sectionRow{Title: v.t("card_username"), Meta: *u.Username})
	}
	add(v.t("password"), "••••••••", "/change-password")
	s.Rows = append(s.Rows, sectionRow{Title: v.t("account_data"), Meta: v.t("account_data_text"),
		Link: &pageLink{"/account/data", v.t("account_download")}})
	s.Rows = append(s.Rows, sectionRow{Title: v.t("account_erase"), Meta: v.t("account_erase_meta"),
		Link: &pageLink{v.pathTo("/account/erase"), v.t("account_erase_link")}})
	return s, nil
}

// serveAccountData answers everything that is stored about the person, as a file (AHD-5).
func (v *visit) serveAccountData() error {
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in", "next", "/account"))
	}
	data, err := v.Members.PersonalData(v.r.Context(), v.caller, nil)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return err
	}
	v.answered = true
	v.setSecurityHeaders()
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="my-data.json"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(body) // fails only when the client hangs up
	return nil
}

// accountForm returns the page of one form about the account.
func (v *visit) accountForm(title, text string, f *pageForm) pageView {
	f.fillAnswers(v)
	return pageView{Title: v.t(title), Text: []string{v.t(text)}, Form: f,
		Links: []pageLink{{v.pathTo("/account"), v.t("account_back")}}}
}

// serveAccountProfile changes the name and the language of the account.
func (v *visit) serveAccountProfile() error {
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in", "next", v.r.URL.EscapedPath()))
	}
	u, err := v.loadAccount()
	if err != nil {
		return err
	}
	language := formField{Name: "locale", Label: v.t("locale"), Type: "select",
		Value: trimmedText(u.Locale), Choices: []fieldChoice{{"", v.t("account_language_workspace")}}}
	for _, x := range i18n.Locales {
		language.Choices = append(language.Choices,
			fieldChoice{string(x), i18n.T(x, "pages.language_name", nil)})
	}
	names := v.nameFields(trimmedText(u.FirstName), trimmedText(u.LastName))
	for i := range names {
		names[i].missingText = "" // one name is enough
	}
	p := v.accountForm("account_profile_title", "account_profile_text",
		v.newForm("account_save", append(names, language)...))
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}

	in := account.ProfileInput{FirstName: v.sentField("firstName"),
		LastName: v.sentField("lastName"), Locale: v.sentField("locale")}
	if in.FirstName.Value == nil && in.LastName.Value == nil {
		p.Form.setFieldError("firstName", v.t("first_name_missing"))
		return v.showPage(http.StatusUnprocessableEntity, p)
	}
	if _, err := v.Accounts.UpdateProfile(v.r.Context(), v.caller, in); err != nil {
		return v.showFormError(p, err)
	}
	return v.seeOther(v.pathTo("/account", "done", "profile"))
}

// sentField returns a submitted value as a change: an empty one clears, and an absent one keeps.
func (v *visit) sentField(name string) account.Field {
	f := account.Field{Set: v.r.PostForm.Has(name)}
	if value := strings.TrimSpace(v.r.PostForm.Get(name)); value != "" {
		f.Value = &value
	}
	return f
}

// serveAccountEmail starts a change of address: the new address gets a link (AUT-2).
func (v *visit) serveAccountEmail() error {
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in", "next", v.r.URL.EscapedPath()))
	}
	// No form whose button could only be refused.
	if !v.Accounts.SendsEmail() {
		return v.showPage(http.StatusOK, pageView{Title: v.t("account_email_title"),
			Text:  []string{v.t("account_no_mail_server")},
			Links: []pageLink{{v.pathTo("/account"), v.t("account_back")}}})
	}
	p := v.accountForm("account_email_title", "account_email_text",
		v.newForm("account_email_button",
			formField{Name: "email", Label: v.t("account_new_email"), Type: "email",
				Autocomplete: "email", missingText: v.t("email_missing")},
			v.passwordField("password", "password_current", "current-password")))
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	if err := v.Accounts.RequestEmailChange(v.r.Context(), v.caller, v.r.PostForm.Get("email"),
		v.r.PostForm.Get("password"), v.requestOrigin()); err != nil {
		return v.showFormError(p, v.asWrongPassword(err))
	}
	return v.seeOther(v.pathTo("/account", "done", "email_requested"))
}

// asWrongPassword turns the error of a wrong password into one that names its field: the person is
// signed in, so the words of a sign-in do not fit.
func (v *visit) asWrongPassword(err error) error {
	if fault.Has(err, fault.Unauthenticated) {
		return fault.At(fault.New(fault.Unauthenticated, "pages.password_wrong"), "password")
	}
	return err
}

// serveAccountErasure erases the account after its password is typed (AHD-5).
func (v *visit) serveAccountErasure() error {
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in", "next", v.r.URL.EscapedPath()))
	}
	p := v.accountForm("account_erase_title", "account_erase_text",
		v.newForm("account_erase_button",
			v.passwordField("password", "password_current", "current-password")))
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	if err := v.Members.EraseAccount(v.r.Context(), v.caller, v.r.PostForm.Get("password"),
		v.requestOrigin()); err != nil {
		return v.showFormError(p, v.asWrongPassword(err))
	}
	v.cookies.Clear(v.w)
	return v.seeOther(v.pathTo("/", "done", "erased"))
}
