package pages

import (
	"net/http"

	entinvitation "usher/ent/invitation"
	"usher/internal/invitation"
)

// invitationRecipient is who an invitation is for.
func invitationRecipient(l *invitation.AcceptPage) linkRecipient {
	return linkRecipient{
		email: l.Email, firstName: l.FirstName, lastName: l.LastName, signedInAs: l.SignedInAs,
		ownAddress: l.OwnAddress,
		hasAccount: l.HasAccount, emailedLink: l.Mailed, newPassword: l.NewPassword,
		customFields: l.Fields,
		submitLabel:  "accept_button", signInLabel: "accept_sign_in_button",
		otherAccountText: "other_text",
	}
}

// acceptInvitation is the yes (INV-8, INV-9).
func (v *visit) acceptInvitation(l *invitation.AcceptPage) error {
	if l.Status == entinvitation.StatusActive {
		return v.reloadPage()
	}
	if l.Status != entinvitation.StatusPending {
		return v.showInvitation(http.StatusGone, l)
	}
	p := v.pendingView(l)
	if invitationRecipient(l).isOtherAccount() {
		return v.showPage(http.StatusConflict, p) // signed in meanwhile, as somebody else
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	admitted, err := v.Invitations.Accept(v.r.Context(), v.caller, v.acceptInput(),
		v.requestOrigin())
	if isLinkFault(err) {
		return v.showChangedInvitation(err)
	}
	if err != nil {
		return v.showEntryError(invitationRecipient(l), func() pageView {
			return v.pendingView(l)
		}, err)
	}
	if admitted.Session != nil {
		if err := v.setSession(admitted.Session); err != nil {
			return err
		}
	}
	return v.reloadPage()
}

// declineForm is the no, folded away: with or without 'do not mail me again' (INV-11).
func (v *visit) declineForm(l *invitation.AcceptPage) *pageForm {
	never := v.optOutField(l.WorkspaceName, l.Mailed)
	never.Choices = append([]fieldChoice{{"", v.t("never_mind")}}, never.Choices...)
	return &pageForm{
		Action: v.currentPath(""), Act: "decline", Summary: v.t("decline_summary"),
		Text:   []string{v.t("decline_text")},
		Fields: []formField{never}, Button: v.t("decline_button"), Quiet: true,
	}
}

// declineInvitation is the no.
func (v *visit) declineInvitation() error {
	var never *invitation.NeverMail
	if said := invitation.NeverMail(v.r.PostForm.Get("never")); said == invitation.ThisWorkspace ||
		said == invitation.AllWorkspaces {
		never = &said
	}
	if err := v.Invitations.Decline(v.r.Context(), v.token, never); err != nil {
		return v.showChangedInvitation(err)
	}
	return v.reloadPage()
}
