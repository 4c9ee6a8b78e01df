package demo

import (
	"context"
	"fmt"
	"path"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/joinlink"
	"usher/internal/store"
)

// admit brings a person in as any inviter could: an invitation, its link passed on by hand, and the
// person's yes.
func (h *house) admit(ctx context.Context, p person) error {
	by, err := h.inviter(ctx, p.by)
	if err != nil {
		return err
	}
	_, token, err := h.invite(ctx, by, demoInvitation{email: p.login, first: p.first, last: p.last,
		ago: p.ago, grant: p.grant, linkOnly: true})
	if err != nil {
		return err
	}
	yes := invitation.AcceptInput{Token: token, CustomFields: h.answers(p)}
	var who *access.Caller
	if known, is := h.users[p.login]; is {
		// Their address counts as verified, as everybody's does in the end: else a copied link
		// gives them no role.
		if err := h.verify(ctx, known); err != nil {
			return err
		}
		who, err = h.caller(ctx, p.login) // signed in, and so one click is all it takes
	} else {
		password, locale := Password, string(p.locale)
		yes.FirstName, yes.LastName, yes.Password, yes.Locale = &p.first, &p.last,
			&password, &locale
	}
	if err != nil {
		return err
	}
	in, err := h.back(p.ago).Invitations.Accept(ctx, who, yes, account.Origin{})
	if err != nil {
		return err
	}
	h.users[p.login] = in.Session.UserID
	// Accepting signed them in; nobody sits at that browser.
	return h.Accounts.EndAllSignIns(ctx, in.Session.UserID)
}

// verify notes that a person reads the mail of their address.
func (h *house) verify(ctx context.Context, who ident.ID) error {
	ctx = store.AsSystem(ctx, "accounts span workspaces")
	return h.Store.WithTx(ctx, func(tx *store.Tx) error {
		return tx.User.Update().Where(user.ID(who)).SetEmailProven(true).Exec(ctx)
	})
}

// promise makes an invitation and lets happen to it what its row says.
func (h *house) promise(ctx context.Context, i demoInvitation) error {
	by, err := h.inviter(ctx, i.by)
	if err != nil {
		return err
	}
	made, token, err := h.invite(ctx, by, i)
	if err != nil {
		return err
	}
	switch i.fate {
	case cancelled:
		_, err = h.back(i.ago-1).Invitations.Cancel(ctx, by, made.ID)
	case declined:
		err = h.back(i.ago-1).Invitations.Decline(ctx, token, nil)
	case askedAnew:
		err = h.back(0).Invitations.RequestNewLink(ctx, token)
	}
	return err
}

// invite invites, on a day in the past, and copies the link while it is good. Those of long ago
// have run out since, by the clock alone.
func (h *house) invite(ctx context.Context, by *access.Caller,
	i demoInvitation) (*ent.Invitation, string, error) {
	door := h.back(i.ago)
	send := !i.linkOnly
	in := invitation.InviteInput{
		WorkspaceID: h.id, SendMail: &send, Grant: h.given(i.grant),
		People: []*invitation.Invitee{{Email: i.email, FirstName: &i.first, LastName: &i.last}},
	}
	if i.message != "" {
		message := i18n.T(h.locale, i.message, i18n.Args{"Name": i.first})
		in.Message = &message
	}
	outcomes, err := door.Invitations.Invite(ctx, by, in)
	if err != nil {
		return nil, "", err
	}
	if outcomes[0].Status != invitation.Invited {
		return nil, "", fmt.Errorf("inviting them came to %s", outcomes[0].Status)
	}
	link, err := door.Invitations.CopyLink(ctx, by, outcomes[0].Invitation)
	return outcomes[0].Invitation, path.Base(link), err
}

// inviter is who invites: the workspace's administrator unless said.
func (h *house) inviter(ctx context.Context, login string) (*access.Caller, error) {
	if login == "" {
		login = h.people[0].login
	}
	return h.caller(ctx, login)
}

// given is a grant as a form would send it.
func (h *house) given(g grant) *admission.GrantInput {
	in := &admission.GrantInput{
		Roles: g.roles, GroupIDs: h.all(g.groups), OrgUnitID: h.parent(g.unit),
		SessionIDs: h.all(g.sessions), Labels: h.words(g.labels),
	}
	if g.accessTo > 0 {
		until := h.hour(g.accessTo, 0)
		in.AccessExpiresAt = &until
	}
	return in
}

// answers is what a person answers to the workspace's questions.
func (h *house) answers(p person) map[string]any {
	all := map[string]any{}
	if p.number != "" {
		all["employee_number"] = p.number
	}
	if p.works != "" {
		all["work_place"] = h.word(p.works)
	}
	return all
}

// welcome makes the workspace's join page.
func (h *house) welcome(ctx context.Context) error {
	by, err := h.inviter(ctx, h.people[0].login)
	if err != nil {
		return err
	}
	text := h.word(h.door.welcome)
	_, err = h.JoinLinks.CreateLink(ctx, by, joinlink.CreateLinkInput{
		WorkspaceID: h.id, Slug: &h.slug, WelcomeText: &text, Whitelist: h.door.whitelist,
		RequiresApproval: &h.door.approval,
		Grant:            &admission.GrantInput{GroupIDs: h.all([]string{h.door.group})},
	})
	return err
}
