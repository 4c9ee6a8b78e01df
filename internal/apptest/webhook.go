package apptest

import (
	"context"

	"usher/ent"
	"usher/internal/store"
)

// Webhook creates an endpoint of the workspace, whose owner is the administrator. Nothing is sent to
// it, because its secret cannot be opened.
func (p *Place) Webhook(target string) (made *ent.Webhook) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		made, err = tx.Webhook.Create().SetWorkspaceID(p.Workspace.ID).SetURL(target).
			SetSealedSecret([]byte("sealed")).SetCursorID(p.Workspace.ID).SetOwnerID(p.Admin.ID).
			Save(ctx)
		return err
	})
	return made
}
