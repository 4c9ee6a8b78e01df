package pages

import (
	"net/http"
	"strings"

	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/store"
)

// home says who is signed in and where they are a member; to others, where to sign in.
func (v *visit) home() error {
	if v.r.Method == http.MethodPost {
		return v.to(v.path("/"))
	}
	p := view{Title: v.t("home_title"), Notice: v.done("password", "email", "signed_out")}
	switch {
	case v.caller.Anonymous():
		p.Text = []string{v.t("home_text")}
		p.Way = &way{v.path("/sign-in"), v.t("sign_in_button")}
		return v.show(http.StatusOK, p)
	case v.caller.MustChange:
		return v.to(v.path("/change-password"))
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
	if name := text(u.FirstName); name != "" {
		p.Title = v.t("home_title_name", "Name", name)
	}
	p.Text = []string{v.t("home_signed_in", "Account", accountName(u))}
	if len(places) == 0 {
		p.Text = append(p.Text, v.t("home_nowhere"))
	} else {
		p.Text = append(p.Text, v.t("home_places", "Count", len(places)))
	}
	for _, w := range places {
		p.Names = append(p.Names, w.Name)
	}
	p.Form = v.signOutForm(v.path("/", "done", "signed_out"), v.t("sign_out_button"))
	p.Form.Quiet = true
	p.Links = []way{{v.path("/change-password"), v.t("change_title")}}
	return v.show(http.StatusOK, p)
}

// done is the sentence that says what has just been done, if the address names one of those that a
// page knows.
func (v *visit) done(known ...string) string {
	said := v.r.URL.Query().Get("done")
	for _, key := range known {
		if said == key {
			return v.t("done_" + key)
		}
	}
	return ""
}

// accountName is what an account signs in with.
func accountName(u *ent.User) string {
	if u.Email != nil {
		return *u.Email
	}
	return text(u.Username)
}

// text is what an optional column holds, on one line.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}
