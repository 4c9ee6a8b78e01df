package pages

import (
	"net/http"
	"slices"
	"strings"

	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/store"
	"usher/web"
)

// serveHome shows the signed-in account and its workspaces, or a link to the sign-in.
func (v *visit) serveHome() error {
	// The language switch of another page may post here.
	if v.r.Method == http.MethodPost {
		return v.seeOther(v.pathTo("/"))
	}
	p := pageView{Title: v.t("home_title"), Notice: v.doneNotice("password", "email", "signed_out", "erased")}
	switch {
	case v.caller.Anonymous():
		p.Text = []string{v.t("home_text")}
		p.MainLink = &pageLink{v.pathTo("/sign-in"), v.t("sign_in_button")}
		return v.showPage(http.StatusOK, p)
	// A session that may only change the password sees no workspaces.
	case v.caller.MustChange:
		return v.seeOther(v.pathTo("/change-password"))
	}

	ctx := store.AsCaller(v.r.Context(), v.caller)
	u, err := v.Store.User.Get(ctx, v.caller.UserID)
	if err != nil {
		return err
	}
	places, err := v.Store.Workspace.Query().Order(ent.Asc(workspace.FieldName)).All(ctx)
	if err != nil {
		return err
	}
	if name := trimmedText(u.FirstName); name != "" {
		p.Title = v.t("home_title_name", "Name", name)
	}
	p.Text = []string{v.t("home_signed_in", "Account", accountName(u))}
	if len(places) == 0 {
		p.Text = append(p.Text, v.t("home_nowhere"))
	} else {
		p.Text = append(p.Text, v.t("home_places", "Count", len(places)))
	}
	for _, w := range places {
		p.Names = append(p.Names,
			pageLink{v.startOfLogin(w.ID, admission.LandingURL(w, "")), w.Name})
	}
	if web.HasConsole() && slices.ContainsFunc(v.caller.Memberships, isStaff) {
		p.MainLink = &pageLink{"/console/", v.t("home_console")}
	}
	// Somebody who has just set a password wants to get to work. With one workspace it is clear where.
	if len(p.Names) == 1 && p.Names[0].Path != "" && p.MainLink == nil &&
		v.doneNotice("password") != "" {
		p.MainLink = &pageLink{p.Names[0].Path, v.t("in_way")}
	}
	// Signing out is the rarer choice, so it is a plain button.
	p.Form = v.signOutForm(v.pathTo("/", "done", "signed_out"), v.t("sign_out_button"))
	p.Form.Quiet = true
	invitations, err := v.invitationSection(u)
	if err != nil {
		return err
	}
	if len(invitations.Rows) > 0 {
		p.Sections = []pageSection{invitations}
	}
	p.Links = []pageLink{{v.pathTo("/account"), v.t("account_title")}}
	return v.showPage(http.StatusOK, p)
}

// isStaff reports whether the caller has something to do in the console for a workspace.
func isStaff(m access.Membership) bool { return m.Staff() }

// doneNotice returns the notice for ?done=KEY when KEY is one of the known keys, else "". The check
// keeps a link from choosing any other message.
func (v *visit) doneNotice(known ...string) string {
	said := v.r.URL.Query().Get("done")
	for _, key := range known {
		if said == key {
			return v.t("done_" + key)
		}
	}
	return ""
}

// accountName returns the login of an account: the email address, else the username.
func accountName(u *ent.User) string {
	if u.Email != nil {
		return *u.Email
	}
	return trimmedText(u.Username)
}

// trimmedText returns an optional column without surrounding white space, "" for nil.
func trimmedText(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}
