package member

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	entmail "usher/ent/mail"
	"usher/ent/predicate"
	"usher/ent/workspace"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
)

// EraseUnaccepted is the privacy clock (AHD-5): so many days after an invitation or a request came
// to nothing, the workspace forgets who it was for, and those rows of imports that led to nobody.
// States and counts stay.
//
// An address that asked not to be mailed keeps its key in the list of those: it is what honours the
// wish when somebody invites the address again. That a cancelled person waits for a yes (JOI-9) is
// forgotten with the address.
func (s *Service) EraseUnaccepted(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "erase unaccepted")

	all, err := s.Store.Workspace.Query().Select(workspace.FieldID, workspace.FieldSettings).
		All(store.AsSystem(ctx, "each workspace sets a clock of its own"))
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Settings.EraseUnacceptedAfterDays <= 0 {
			continue
		}
		scoped := store.InWorkspace(ctx, w.ID)
		before := s.Clock().AddDate(0, 0, -w.Settings.EraseUnacceptedAfterDays)
		for _, part := range []func(context.Context, *store.Tx, time.Time) (int,
			error){s.eraseInvitations, s.eraseRequests, s.eraseRows} {
			for n := invitation.SweepSize; n == invitation.SweepSize; {
				err := s.Store.WithTx(scoped, func(tx *store.Tx) (err error) {
					n, err = part(scoped, tx, before)
					return err
				})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// endedBefore selects the invitations that ended without anybody coming in, and are not erased yet.
func endedBefore(at time.Time) predicate.Invitation {
	return entinvitation.And(
		entinvitation.Not(entinvitation.EmailKeyHasPrefix(admission.ErasedKeyPrefix)),
		entinvitation.Or(
			entinvitation.And(entinvitation.StatusIn(entinvitation.StatusPending,
				entinvitation.StatusExpired), entinvitation.ExpiresAtLTE(at)),
			entinvitation.And(entinvitation.StatusEQ(entinvitation.StatusCancelled),
				entinvitation.CancelledAtLTE(at)),
			entinvitation.And(entinvitation.StatusEQ(entinvitation.StatusDeclined),
				entinvitation.DeclinedAtLTE(at)),
		))
}

func (s *Service) eraseInvitations(ctx context.Context, tx *store.Tx,
	before time.Time) (int, error) {
	q := tx.Invitation.Query().Where(endedBefore(before)).Order(ent.Asc(entinvitation.FieldID)).
		Limit(invitation.SweepSize)
	if tx.Locks() {
		q.ForUpdate() // who resends one of them at this moment waits, and is told that it is erased
	}
	rows, err := q.All(ctx)
	if err != nil {
		return 0, err
	}
	return len(rows), s.forgetInvitations(ctx, tx, rows)
}

func (s *Service) eraseRequests(ctx context.Context, tx *store.Tx, before time.Time) (int, error) {
	q := tx.JoinRequest.Query().Where(
		joinrequest.Not(joinrequest.EmailKeyHasPrefix(admission.ErasedKeyPrefix)),
		joinrequest.StatusEQ(joinrequest.StatusRejected), joinrequest.DecidedAtLTE(before),
	// who never confirmed is gone already: SweepRequests
	).Order(ent.Asc(joinrequest.FieldID)).Limit(invitation.SweepSize)
	if tx.Locks() {
		q.ForUpdate()
	}
	rows, err := q.All(ctx)
	if err != nil {
		return 0, err
	}
	return len(rows), s.forgetRequests(ctx, tx, rows)
}

// eraseRows erases the rows of ended imports that led to nobody: those in error, those that undoing
// took back, those of a preview that nobody started. A preview that has waited for so long is
// called off.
func (s *Service) eraseRows(ctx context.Context, tx *store.Tx, before time.Time) (int, error) {
	err := tx.ImportBatch.Update().Where(importbatch.StatusEQ(importbatch.StatusPreviewed),
		importbatch.UpdatedAtLTE(before)).
		SetStatus(importbatch.StatusCancelled).SetFinishedAt(s.Clock()).Exec(ctx)
	if err != nil {
		return 0, err
	}
	ended := importbatch.Or(importbatch.FinishedAtLTE(before), importbatch.And(
		importbatch.StatusIn(importbatch.StatusCancelled, importbatch.StatusFailed),
		importbatch.StartedAtIsNil(), importbatch.CreatedAtLTE(before)))
	ids, err := tx.ImportRow.Query().Where(importrow.HasImportWith(ended),
		importrow.MemberIDIsNil(), importrow.InvitationIDIsNil(),
		importrow.Or(importrow.EmailNotNil(), importrow.NameNotNil(), importrow.UsernameNotNil())).
		Limit(invitation.SweepSize).IDs(ctx)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), forgetRows(ctx, tx, importrow.IDIn(ids...))
}

// forgetInvitations takes out of invitations who they were for, wherever that is written. One that
// is still open is cancelled by it; any other keeps its state. Their links are dead: the address is
// bound into them.
func (s *Service) forgetInvitations(ctx context.Context, tx *store.Tx,
	rows []*ent.Invitation) error {
	now := s.Clock()
	ids, events := make([]ident.ID, len(rows)), make([]audit.Event, len(rows))
	for i, inv := range rows {
		ids[i] = inv.ID
		events[i] = audit.Event{WorkspaceID: inv.WorkspaceID, Action: audit.InvitationErased,
			SubjectID: inv.ID}
		g := inv.Grant
		g.AdditionalInfo, g.CustomFields = "", nil
		update := tx.Invitation.Update().Where(entinvitation.ID(inv.ID)).
			SetEmail(admission.ErasedAddress).SetEmailKey(admission.ErasedKeyPrefix +
			inv.ID.String()).ClearFirstName().ClearLastName().ClearMessage().
			ClearLocale().ClearDeliveryError().ClearRemindAt().ClearRenewalAskedAt().SetGrant(g)
		switch invitation.Status(inv, now) {
		case entinvitation.StatusPending:
			update.SetStatus(entinvitation.StatusCancelled).SetCancelledAt(now)
		case entinvitation.StatusExpired:
			update.SetStatus(entinvitation.StatusExpired)
		}
		if inv.DeliveryStatus == entinvitation.DeliveryStatusQueued {
			update.SetDeliveryStatus(entinvitation.DeliveryStatusNotSent)
		}
		if err := update.Exec(ctx); err != nil {
			return err
		}
	}
	if err := forgetRows(ctx, tx, importrow.InvitationIDIn(ids...)); err != nil {
		return err
	}
	// Mails about an invitation that went to an account are for others: who invited, who decides.
	if err := forgetMails(ctx, tx, entmail.InvitationIDIn(ids...),
		entmail.UserIDIsNil()); err != nil {
		return err
	}
	return s.forgetTraces(ctx, tx, ids, events)
}

// forgetRequests does the same for requests to join. One that still waits is turned down by it.
func (s *Service) forgetRequests(ctx context.Context, tx *store.Tx, rows []*ent.JoinRequest) error {
	now := s.Clock()
	ids, events := make([]ident.ID, len(rows)), make([]audit.Event, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		events[i] = audit.Event{WorkspaceID: r.WorkspaceID, Action: audit.JoinErased,
			SubjectID: r.ID}
		update := tx.JoinRequest.Update().Where(joinrequest.ID(r.ID)).
			SetEmail(admission.ErasedAddress).
			SetEmailKey(admission.ErasedKeyPrefix + r.ID.String()).
			ClearFirstName().ClearLastName().ClearLocale().ClearPasswordHash().ClearCustomFields().
			ClearMessage()
		if r.Status == joinrequest.StatusUnconfirmed || r.Status == joinrequest.StatusWaiting {
			update.SetStatus(joinrequest.StatusRejected).SetDecidedAt(now)
		}
		if err := update.Exec(ctx); err != nil {
			return err
		}
	}
	if err := forgetMails(ctx, tx, entmail.JoinRequestIDIn(ids...),
		entmail.UserIDIsNil()); err != nil {
		return err
	}
	return s.forgetTraces(ctx, tx, ids, events)
}

// forgetTraces empties what is told of some rows, and notes that it was done. The events name
// nobody.
func (s *Service) forgetTraces(ctx context.Context, tx *store.Tx, ids []ident.ID,
	events []audit.Event) error {
	if err := tx.EraseDetails(ctx, ids); err != nil {
		return err
	}
	if err := tx.EraseJournal(ctx, ids); err != nil {
		return err
	}
	return audit.Record(ctx, tx, s.Clock(), events...)
}

// forgetRows empties rows of imports; their outcomes, and so the counts, stay.
func forgetRows(ctx context.Context, tx *store.Tx, which ...predicate.ImportRow) error {
	return tx.ImportRow.Update().Where(which...).ClearEmail().ClearEmailKey().ClearName().
		ClearUsername().
		SetCells([]string{}).ClearErrors().ClearSealedPassword().Exec(ctx)
}

func forgetMails(ctx context.Context, tx *store.Tx, which ...predicate.Mail) error {
	ids, err := tx.Mail.Query().Where(which...).IDs(ctx)
	if err != nil {
		return err
	}
	return tx.EraseMails(ctx, ids)
}
