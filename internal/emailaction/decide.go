package emailaction

import (
	"context"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/store"
)

// Decision is what the recipient of an email decides.
type Decision string

// The decisions. Renew and Move are about an invitation, Approve and Reject about a join request.
const (
	Renew   Decision = "renew"
	Move    Decision = "move"
	Approve Decision = "approve"
	Reject  Decision = "reject"
)

// DecideInput is the input of Decide.
type DecideInput struct {
	Token    string
	Decision Decision
	Message  *string // Reject: for the person, at most 2,000 characters
	// NewAddress is the address that the page showed before a Move.
	NewAddress string
}

// Decide carries out what an email asks, for the account that it was sent to, by the verb that the
// console uses: that verb asks the rights of now. The link is used up in the same transaction.
// Errors: LINK_INVALID, LINK_USED, LINK_EXPIRED; UNAUTHENTICATED; FORBIDDEN for any other account;
// CONFLICT once it is settled, or if NewAddress is no longer the address of the account that asks;
// those of Resend, CorrectEmail, Approve and Reject.
func (s *Service) Decide(ctx context.Context, by *access.Caller,
	in DecideInput) (_ *Action, err error) {
	defer fault.Annotate(&err, "decide email action")

	if err := by.RequirePerson(); err != nil {
		return nil, err
	}
	a, err := s.Load(ctx, by, in.Token)
	if err != nil {
		return nil, err
	}
	if err := a.requireOpen(); err != nil {
		return nil, err
	}

	// The state above is for the answer. What decides is read again by the verb, behind its locks, and
	// the link is marked as used in the same transaction.
	use := s.useLink(a.mail)
	switch {
	case in.Decision == Renew && a.Kind == mail.NewLinkRequested:
		a.Invitation, err = s.Invitations.Resend(ctx, by, a.Invitation.ID,
			invitation.ResendInput{}, use)
	case in.Decision == Move && a.Kind == mail.MoveRequested:
		// Security: the person behind the request may have changed their address since the page
		// was shown, and the recipient agreed to the one that they saw.
		if in.NewAddress != a.NewAddress {
			return nil, fault.New(fault.Conflict, "action.address_changed")
		}
		a.Invitation, err = s.Invitations.CorrectEmail(ctx, by, a.Invitation.ID, a.NewAddress, use)
	case in.Decision == Approve && a.Kind == mail.JoinRequested:
		a.Request, err = s.JoinLinks.Approve(ctx, by, a.Request.ID, use)
	case in.Decision == Reject && a.Kind == mail.JoinRequested:
		a.Request, err = s.JoinLinks.Reject(ctx, by, a.Request.ID, in.Message, use)
	default:
		return nil, fault.Input("decision", "action.unknown")
	}
	if err != nil {
		return nil, err
	}
	// The page shows the outcome from what the verb has returned.
	a.State = Used
	return a, nil
}

// requireOpen refuses an action in any state but Open.
func (a *Action) requireOpen() error {
	switch a.State {
	case Open:
		return nil
	case OtherAccount:
		return fault.New(fault.Forbidden, "action.other_account")
	case Used:
		return fault.New(fault.LinkUsed, "action.used")
	case Expired:
		return fault.New(fault.LinkExpired, "action.expired")
	}
	return fault.New(fault.Conflict, "action.settled")
}

// useLink returns the step that marks a link as used. Of two decisions at the same time one
// changes the row; the other is rolled back with LINK_USED.
func (s *Service) useLink(m *ent.Mail) store.Step {
	return func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Mail.Update().Where(entmail.ID(m.ID), entmail.ActionUsedAtIsNil()).
			SetActionUsedAt(s.Clock()).
			Save(store.AsSystem(ctx, "the email belongs to the account that decides"))
		if err == nil && n == 0 {
			return fault.New(fault.LinkUsed, "action.used")
		}
		return err
	}
}
