package pages

import (
	"net/http"

	entinvitation "usher/ent/invitation"
	"usher/internal/invitation"
)

// invitee is who an invitation is for.
func invitee(l *invitation.Landing) entrant {
	return entrant{
		email: l.Email, first: l.FirstName, last: l.LastName, signedInAs: l.SignedInAs,
		own:        l.OwnAddress,
		hasAccount: l.HasAccount, mailed: l.Mailed, newPassword: l.NewPassword, fields: l.Fields,
		enter: "accept_button", signIn: "accept_sign_in_button", other: "other_text",
	}
}

// accept is the yes (INV-8, INV-9).
func (v *visit) accept(l *invitation.Landing) error {
	if l.Status == entinvitation.StatusActive {
		return v.again()
	}
	if l.Status != entinvitation.StatusPending {
		return v.landed(http.StatusGone, l)
	}
	p := v.pending(l)
	if invitee(l).wrong() {
		return v.show(http.StatusConflict, p) // signed in meanwhile, as somebody else
	}
	if !p.Form.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	admitted, err := v.Invitations.Accept(v.r.Context(), v.caller, v.entry(), v.comesFrom())
	if linkFault(err) {
		return v.changed(err)
	}
	if err != nil {
		return v.refuseEntry(invitee(l), func() view { return v.pending(l) }, err)
	}
	if admitted.Session != nil {
		if err := v.signedIn(admitted.Session); err != nil {
			return err
		}
	}
	return v.again()
}

// declineForm is the no, folded away: with or without 'do not mail me again' (INV-11).
func (v *visit) declineForm(l *invitation.Landing) *form {
	never := v.neverField(l.WorkspaceName, l.Mailed)
	never.Choices = append([]choice{{"", v.t("never_mind")}}, never.Choices...)
	return &form{
		Action: v.here(""), Act: "decline", Summary: v.t("decline_summary"),
		Text:   []string{v.t("decline_text")},
		Fields: []field{never}, Button: v.t("decline_button"), Quiet: true,
	}
}

// decline is the no.
func (v *visit) decline() error {
	var never *invitation.NeverMail
	if said := invitation.NeverMail(v.r.PostForm.Get("never")); said == invitation.ThisWorkspace ||
		said == invitation.AllWorkspaces {
		never = &said
	}
	if err := v.Invitations.Decline(v.r.Context(), v.token, never); err != nil {
		return v.changed(err)
	}
	return v.again()
}
