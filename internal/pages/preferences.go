package pages

import (
	"net/http"

	"usher/internal/invitation"
)

// preferences is 'do not mail me again', where every mail's last line leads (INV-11).
func (v *visit) preferences() error {
	about, err := v.Invitations.Preferences(v.r.Context(), v.token)
	if err != nil {
		return v.deadLink(err, way{v.path("/"), v.t("to_home")})
	}
	v.locale = v.language(about.Locale)
	p := view{
		Title: v.t("mails_title"), Notice: v.done("stopped"),
		Text: []string{v.t("mails_text", "Email", about.Email), v.t("mails_still")},
		Form: v.form("mails_button"),
	}
	if about.WorkspaceName != "" {
		v.brand.Name = about.WorkspaceName
		p.Form.Fields = []field{v.neverField(about.WorkspaceName, true)}
		p.Form.Fields[0].Value = string(invitation.ThisWorkspace)
	}
	p.Form.answer(v)
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}

	never := invitation.AllWorkspaces
	if v.r.PostForm.Get("never") == string(invitation.ThisWorkspace) {
		never = invitation.ThisWorkspace
	}
	if err := v.Invitations.StopMail(v.r.Context(), v.token, never); err != nil {
		return v.refuse(p, err)
	}
	return v.to(v.path(v.r.URL.EscapedPath(), "done", "stopped"))
}

// neverField asks who may not mail the person again. All workspaces are offered to a mailed link
// alone.
func (v *visit) neverField(workspace string, mailed bool) field {
	f := field{Name: "never", Label: v.t("never"), Type: "radio", Choices: []choice{
		{string(invitation.ThisWorkspace), v.t("never_this", "Workspace", workspace)},
	}}
	if mailed {
		f.Choices = append(f.Choices, choice{string(invitation.AllWorkspaces), v.t("never_all")})
	}
	return f
}
