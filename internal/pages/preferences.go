package pages

import (
	"net/http"

	"usher/internal/invitation"
)

// servePreferences serves the unsubscribe link in the last line of every email (INV-11).
func (v *visit) servePreferences() error {
	about, err := v.Invitations.Preferences(v.r.Context(), v.token)
	if err != nil {
		return v.showUnusableLink(err, pageLink{v.pathTo("/"), v.t("to_home")})
	}
	v.locale = v.chooseLocale(about.Locale)
	p := pageView{
		Title: v.t("mails_title"), Notice: v.doneNotice("stopped"),
		Text: []string{v.t("mails_text", "Email", about.Email), v.t("mails_still")},
		Form: v.newForm("mails_button"),
	}
	if about.WorkspaceName != "" {
		v.brand.Name = about.WorkspaceName
		p.Form.Fields = []formField{v.optOutField(about.WorkspaceName, true)}
		p.Form.Fields[0].Value = string(invitation.ThisWorkspace)
	}
	p.Form.fillAnswers(v)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}

	never := invitation.AllWorkspaces
	if v.r.PostForm.Get("never") == string(invitation.ThisWorkspace) {
		never = invitation.ThisWorkspace
	}
	if err := v.Invitations.StopEmail(v.r.Context(), v.token, never); err != nil {
		return v.showFormError(p, err)
	}
	return v.seeOther(v.pathTo(v.r.URL.EscapedPath(), "done", "stopped"))
}

// optOutField returns the choice of which workspaces must send no more emails. All workspaces are
// offered only for an emailed link, because a copied link does not prove who holds it.
func (v *visit) optOutField(workspace string, mailed bool) formField {
	f := formField{Name: "never", Label: v.t("never"), Type: "radio", Choices: []fieldChoice{
		{string(invitation.ThisWorkspace), v.t("never_this", "Workspace", workspace)},
	}}
	if mailed {
		f.Choices = append(f.Choices, fieldChoice{string(invitation.AllWorkspaces),
			v.t("never_all")})
	}
	return f
}
