package invitation

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/role"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/secret"
	"usher/internal/store"
)

// signToken returns the token of one of the two links of an invitation. Both are revoked together.
// Only the emailed one, which only the mailbox receives, verifies the address (INV-7). Tokens are
// stored nowhere: each is made when it is needed.
func (s *Service) signToken(inv *ent.Invitation, purpose secret.Purpose) secret.Token {
	return s.Keys.SignLink(secret.Claim{Purpose: purpose, ID: inv.ID,
		Version: uint32(inv.LinkVersion), Binding: LinkBinding(inv)})
}

// EmailedLink returns the link of an invitation for its emails.
func (s *Service) EmailedLink(inv *ent.Invitation, w *ent.Workspace) string {
	return s.MakeEmailedLink(w.Settings.InvitationLinkTemplate,
		s.signToken(inv, secret.InvitationMail).Reveal(), "invitations")
}

// CopyLink returns the link to copy while the invitation is pending, for a caller who could give
// the whole grant now; else "".
func (s *Service) CopyLink(ctx context.Context, by *access.Caller,
	inv *ent.Invitation) (_ string, err error) {
	defer fault.Annotate(&err, "copy link")

	roles, err := s.Store.Role.Query().Where(role.IDIn(admission.RoleIDs(inv.Grant)...)).
		All(store.InWorkspace(ctx, inv.WorkspaceID))
	if err != nil {
		return "", err
	}
	return s.CopyLinkOf(by, inv, roles), nil
}

// CopyLinkOf is CopyLink for lists that have loaded the roles of all their rows. It runs no
// statement.
func (s *Service) CopyLinkOf(by *access.Caller, inv *ent.Invitation, roles []*ent.Role) string {
	m := by.In(inv.WorkspaceID)
	if Status(inv, s.Clock()) != invitation.StatusPending || !m.CanAnywhere(access.MembersInvite) {
		return ""
	}
	if !couldGiveAll(m, inv, roles) {
		return ""
	}
	return s.PublicURL.JoinPath("invitations",
		s.signToken(inv, secret.InvitationCopy).Reveal()).String()
}

// couldGiveAll tells whether a caller could give the whole grant of an invitation now. roles are
// those of the grant.
func couldGiveAll(m *access.Membership, inv *ent.Invitation, roles []*ent.Role) bool {
	return !slices.ContainsFunc(GrantParts(inv), func(p GrantPart) bool {
		return admission.RequireWithin(access.MembersInvite, m, p.Grant, roles, nil) != nil
	})
}

// PermissionsOver returns what a caller may do with an invitation: see it, and invite, which every
// verb asks for the whole of its grant. An instructor may also act on the invitations that they
// sent by registering for their session. roles are those of the grant.
func PermissionsOver(by *access.Caller, inv *ent.Invitation, roles []*ent.Role) access.Set {
	m := by.In(inv.WorkspaceID)
	all := m.Everywhere() & access.SetOf([]access.Permission{access.MembersView})
	if m != nil {
		if own := asSessionInviter(m, inv); own != nil {
			m = own
		}
	}
	if m.CanAnywhere(access.MembersInvite) && couldGiveAll(m, inv, roles) {
		all |= access.SetOf([]access.Permission{access.MembersInvite})
	}
	return m.Usable(all)
}
