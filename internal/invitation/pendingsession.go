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

// pendingSessionEmail is an invitation that may lead into sessions.
type pendingSessionEmail struct {
	invitation ident.ID
	address    address.Address
	grant      schema.Grant
	due        time.Time // when its own mail goes out; those about sessions do not come before
}

// notePendingSessionEmail notes an invitation whose sessions owe a mail (MAI-2). Whom nothing is
// mailed to is left alone there too.
func (b *InviteBatch) notePendingSessionEmail(p pendingSessionEmail) {
	if b.sendsEmail() && len(p.grant.GroupIDs)+len(p.grant.SessionIDs)+len(p.grant.ProgramIDs) > 0 {
		b.pendingSessionEmails = append(b.pendingSessionEmails, p)
	}
}

// queueSessionEmails promises the mails of the sessions that the noted invitations lead into. What
// a grant leads into is worked out once for all that name the same places.
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
