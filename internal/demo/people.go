package demo

import (
	"context"
	"fmt"
	"path"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/joinlink"
	"usher/internal/provisioning"
	"usher/internal/store"
)

// admitPerson makes a person a member: it invites, copies the link and accepts.
func (h *workspaceSeed) admitPerson(ctx context.Context, p personRow) error {
	by, err := h.loadInviter(ctx, p.by)
	if err != nil {
		return err
	}
	_, token, err := h.inviteAndCopyLink(ctx, by, invitationRow{email: p.login, first: p.first,
		last:    p.last,
		daysAgo: p.daysAgo, grant: p.grant, linkOnly: true})
	if err != nil {
		return err
	}
	yes := acceptance.AcceptInput{Token: token, CustomFields: h.fieldAnswers(p)}
	var who *access.Caller
	if known, is := h.userIDs[p.login]; is {
		// A copied link grants no role to an account with an unverified address. finishOrganization
		// verifies all addresses anyway.
		if err := h.verifyEmail(ctx, known); err != nil {
			return err
		}
		who, err = h.loadCaller(ctx, p.login) // a signed-in caller accepts without a password
	} else {
		password, locale := Password, string(p.locale)
		yes.FirstName, yes.LastName, yes.Password, yes.Locale = &p.first, &p.last,
			&password, &locale
	}
	if err != nil {
		return err
	}
	in, err := h.servicesAgo(p.daysAgo).Acceptances.Accept(ctx, who, yes, account.Origin{})
	if err != nil {
		return err
	}
	h.userIDs[p.login] = in.SignIn.UserID
	// Accepting has created a sign-in that no browser uses.
	return h.Accounts.EndAllSignIns(ctx, in.SignIn.UserID)
}

// createAccount creates the account of a person without a mailbox.
func (h *workspaceSeed) createAccount(ctx context.Context, a accountRow) error {
	by, err := h.loadInviter(ctx, "")
	if err != nil {
		return err
	}
	// Printed with those of the others; a card sets another one.
	password := Password
	_, err = h.Provisioning.CreateUser(ctx, by, provisioning.CreateInput{
		WorkspaceID: h.id, FirstName: a.first, LastName: a.last, Username: &a.username,
		Password: &password, Grant: h.grantInput(grantRow{groups: []string{a.group}}),
	})
	return err
}

// askToJoin asks to join through the page of the workspace, so that there is a request to approve.
func (h *workspaceSeed) askToJoin(ctx context.Context, login string) error {
	// Only the owner of a verified address asks without a link in the mailbox.
	if err := h.verifyEmail(ctx, h.userIDs[login]); err != nil {
		return err
	}
	who, err := h.loadCaller(ctx, login)
	if err != nil {
		return err
	}
	joined, err := h.JoinLinks.Join(ctx, who, joinlink.JoinInput{Slug: h.slug, Email: login,
		CustomFields: map[string]any{"work_place": h.translateKey("demo.choice_both")}},
		account.Origin{})
	if err != nil {
		return err
	}
	// Anything else would leave the tour without a request to approve.
	if joined.Status != joinlink.WaitingForApproval {
		return fmt.Errorf("ask to join: status %s", joined.Status)
	}
	return nil
}

// verifyEmail marks the address of an account as verified.
func (h *workspaceSeed) verifyEmail(ctx context.Context, who ident.ID) error {
	ctx = store.AsSystem(ctx, "accounts span workspaces")
	return h.Store.WithTx(ctx, func(tx *store.Tx) error {
		return tx.User.Update().Where(user.ID(who)).SetEmailProven(true).Exec(ctx)
	})
}

// createInvitation creates an invitation and brings it into the state of its row.
func (h *workspaceSeed) createInvitation(ctx context.Context, i invitationRow) error {
	by, err := h.loadInviter(ctx, i.by)
	if err != nil {
		return err
	}
	made, token, err := h.inviteAndCopyLink(ctx, by, i)
	if err != nil {
		return err
	}
	// Through the verbs and not by rows, so that histories, emails and counts are those of real
	// use.
	switch i.fate {
	case fateCancelled:
		_, err = h.servicesAgo(i.daysAgo-1).Invitations.Cancel(ctx, by, made.ID)
	case fateDeclined:
		_, err = h.servicesAgo(i.daysAgo-1).Acceptances.Decline(ctx, token, nil)
	case fateNewLinkRequested:
		_, err = h.servicesAgo(0).Acceptances.RequestNewLink(ctx, token)
	}
	return err
}

// inviteAndCopyLink invites on the row's day in the past and copies the link while it is valid. Old
// invitations expire by the clock alone. It returns the invitation and the token of the link.
func (h *workspaceSeed) inviteAndCopyLink(ctx context.Context, by *access.Caller,
	i invitationRow) (*ent.Invitation, string, error) {
	past := h.servicesAgo(i.daysAgo)
	send := !i.linkOnly
	in := invitation.InviteInput{
		WorkspaceID: h.id, SendEmail: &send, Grant: h.grantInput(i.grant),
		People: []*invitation.Invitee{{Email: i.email, FirstName: &i.first, LastName: &i.last}},
	}
	if i.message != "" {
		message := i18n.T(h.locale, i.message, i18n.Args{"Name": i.first})
		in.Message = &message
	}

	// The services of that day: expiry and history are relative to their clock.
	outcomes, err := past.Invitations.Invite(ctx, by, in)
	if err != nil {
		return nil, "", err
	}
	if outcomes[0].Status != invitation.Invited {
		return nil, "", fmt.Errorf("invite %s: outcome %s", i.email, outcomes[0].Status)
	}
	link, err := past.Invitations.CopyLink(ctx, by, outcomes[0].Invitation)
	return outcomes[0].Invitation, path.Base(link), err
}

// loadInviter returns the caller of a login, or of the workspace's administrator for "".
func (h *workspaceSeed) loadInviter(ctx context.Context, login string) (*access.Caller, error) {
	if login == "" {
		login = h.people[0].login
	}
	return h.loadCaller(ctx, login)
}

// grantInput returns the grant of a row as input of the verbs.
func (h *workspaceSeed) grantInput(g grantRow) *admission.GrantInput {
	in := &admission.GrantInput{
		Roles: g.roles, GroupIDs: h.idsOf(g.groups), OrgUnitID: h.parentID(g.unit),
		SessionIDs: h.idsOf(g.sessions), Labels: h.translateKeys(g.labels),
	}
	if g.accessDays > 0 {
		until := h.hourOfDay(g.accessDays, 0)
		in.AccessExpiresAt = &until
	}
	return in
}

// fieldAnswers returns a person's values of the custom fields by key.
func (h *workspaceSeed) fieldAnswers(p personRow) map[string]any {
	all := map[string]any{}
	if p.number != "" {
		all["employee_number"] = p.number
	}
	if p.workPlace != "" {
		all["work_place"] = h.translateKey(p.workPlace)
	}
	return all
}

// createJoinPage creates the join link of the workspace.
func (h *workspaceSeed) createJoinPage(ctx context.Context) error {
	by, err := h.loadInviter(ctx, h.people[0].login)
	if err != nil {
		return err
	}
	text := h.translateKey(h.joinPage.welcomeKey)
	_, err = h.JoinLinks.CreateLink(ctx, by, joinlink.CreateLinkInput{
		WorkspaceID: h.id, Slug: &h.slug, WelcomeText: &text, Whitelist: h.joinPage.whitelist,
		RequiresApproval: &h.joinPage.approval,
		Grant:            &admission.GrantInput{GroupIDs: h.idsOf([]string{h.joinPage.group})},
	})
	return err
}
