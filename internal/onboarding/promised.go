package onboarding

import (
	"context"
	"fmt"
	"time"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/address"
	"usher/internal/ident"
	"usher/internal/training"
)

// promised is an invitation that may lead into sessions.
type promised struct {
	invitation ident.ID
	address    address.Address
	grant      schema.Grant
	due        time.Time // when its own mail goes out; those about sessions do not come before
}

// promise notes an invitation whose sessions owe a mail (MAI-2). Whom nothing is mailed to is left alone there too.
func (b *batch) promise(p promised) {
	if b.mailing() && len(p.grant.GroupIDs)+len(p.grant.SessionIDs)+len(p.grant.ProgramIDs) > 0 {
		b.promised = append(b.promised, p)
	}
}

// promiseSessions promises the mails of the sessions that the noted invitations lead into. What a grant leads into is worked
// out once for all that name the same places.
func (b *batch) promiseSessions(ctx context.Context) error {
	known := map[string][]*ent.Session{}
	var all []training.Promised
	for _, p := range b.promised {
		g := p.grant
		key := fmt.Sprint(g.Roles, g.GroupIDs, g.SessionIDs, g.ProgramIDs)
		sessions, worked := known[key]
		if !worked {
			a := admission{Service: b.Service, tx: b.tx, workspace: b.workspace, grant: g, giver: b.giver, now: b.now}
			places, err := a.places(ctx)
			if err != nil {
				return err
			}
			sessions = places.sessions
			known[key] = sessions
		}
		if len(sessions) > 0 {
			all = append(all, training.Promised{Invitation: p.invitation, Email: p.address.Display, Key: p.address.Key, Sessions: sessions, NotBefore: p.due})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return b.Training.Promise(ctx, b.tx, b.workspace.ID, all)
}
