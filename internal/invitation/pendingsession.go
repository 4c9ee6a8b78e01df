package invitation

import (
	"context"
	"fmt"
	"time"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/training"
)

// pendingSessionEmail is an invitation that may lead into sessions, whose emails are still to be
// queued.
type pendingSessionEmail struct {
	invitation ident.ID
	address    address.Address
	grant      schema.Grant
	due        time.Time // when the invitation's own email is sent
}

// notePendingSessionEmail notes an invitation whose sessions need an email (MAI-2). An invitation
// without an email of its own gets none for its sessions.
func (b *InviteBatch) notePendingSessionEmail(p pendingSessionEmail) {
	if b.sendsEmail() && len(p.grant.GroupIDs)+len(p.grant.SessionIDs)+len(p.grant.ProgramIDs) > 0 {
		b.pendingSessionEmails = append(b.pendingSessionEmails, p)
	}
}

// queueSessionEmails queues the emails of the sessions into which the noted invitations lead. The
// sessions are worked out once for all invitations that name the same places.
func (b *InviteBatch) queueSessionEmails(ctx context.Context) error {
	known := map[string][]*ent.Session{}
	var all []training.PendingSessionEmail
	for _, p := range b.pendingSessionEmails {
		g := p.grant
		key := fmt.Sprint(g.Roles, g.GroupIDs, g.SessionIDs, g.ProgramIDs)
		sessions, worked := known[key]
		if !worked {
			a := admission.Admission{Service: b.Service.Admission, Tx: b.Tx, Workspace: b.Workspace,
				Grant: g, Grantor: b.Grantor, Now: b.Now}
			places, err := a.ResolvePlaces(ctx)
			if err != nil {
				return err
			}
			sessions = places.Sessions
			known[key] = sessions
		}
		if len(sessions) > 0 {
			all = append(all, training.PendingSessionEmail{Invitation: p.invitation,
				Email: p.address.Display,
				Key:   p.address.Key, Sessions: sessions, NotBefore: p.due})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return b.Training.QueueSessionEmails(ctx, b.Tx, b.Workspace.ID, all)
}
