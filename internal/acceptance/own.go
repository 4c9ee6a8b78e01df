package acceptance

import (
	"context"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/secret"
	"usher/internal/store"
)

// maxOwnInvitations limits ListOwn. Nobody answers more on one page.
const maxOwnInvitations = 20

// OwnInvitation is a pending invitation of the signed-in person.
type OwnInvitation struct {
	*ent.Invitation
	Workspace *ent.Workspace
	InvitedBy string // name of the inviter; may be empty
	Token     string // of a link that does not verify the address
}

// ListOwn returns the pending invitations of the caller's address that can be accepted now, newest
// first, at most 20.
//
// Security: an address that nobody has verified may be somebody else's, so its account has none.
// The tokens are those of copied links: they open the page, and verify nothing (AUT-4).
func (s *Service) ListOwn(ctx context.Context,
	by *access.Caller) (_ []OwnInvitation, err error) {
	defer fault.Annotate(&err, "list own invitations")

	if err := by.RequirePerson(); err != nil {
		return nil, err
	}

	system := store.AsSystem(ctx, "the invitations of the caller's own address, in any workspace")
	u, err := s.Store.User.Get(system, by.UserID)
	if err != nil {
		return nil, err
	}
	if u.EmailKey == nil || !u.EmailProven {
		return nil, nil
	}
	now := s.Clock()
	rows, err := s.Store.Invitation.Query().Where(entinvitation.EmailKey(*u.EmailKey),
		invitation.IsOpen(now), entinvitation.HasWorkspaceWith(workspace.ArchivedAtIsNil())).
		WithWorkspace().Order(ent.Desc(entinvitation.FieldID)).Limit(maxOwnInvitations).All(system)
	if err != nil {
		return nil, err
	}
	var own []OwnInvitation
	for _, inv := range rows {
		// Accepting would give nothing (ADM-8).
		if inputs.HasPassed(inv.Grant.AccessExpiresAt, now) {
			continue
		}
		name, err := s.Admission.LoadInviterName(store.InWorkspace(ctx, inv.WorkspaceID), inv)
		if err != nil {
			return nil, err
		}
		token := s.Keys.SignLink(secret.Claim{Purpose: secret.InvitationCopy, ID: inv.ID,
			Version: uint32(inv.LinkVersion), Binding: invitation.LinkBinding(inv)})
		own = append(own, OwnInvitation{inv, inv.Edges.Workspace, name, token.Reveal()})
	}
	return own, nil
}
