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
	"usher/internal/searchtext"
	"usher/internal/store"
)

// EraseUnaccepted erases personal data of invitations, join requests and import rows that came to
// nothing, as many days afterwards as the workspace has set (AHD-5). States and counts stay.
//
// A suppressed address keeps its key in the list of suppressions, so that the person's wish holds
// when somebody invites them again. The rule that a cancelled person needs an approval (JOI-9) ends
// with the erasure of the address.
func (s *Service) EraseUnaccepted(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "erase unaccepted")

	all, err := s.Store.Workspace.Query().Select(workspace.FieldID, workspace.FieldSettings).
		All(store.AsSystem(ctx, "each workspace sets its own retention period"))
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Settings.EraseUnacceptedAfterDays <= 0 {
			continue
		}
		scoped := store.InWorkspace(
			store.DespiteArchive(ctx, "addresses are erased after their time"), w.ID)
		before := s.Clock().AddDate(0, 0, -w.Settings.EraseUnacceptedAfterDays)
		for _, part := range []func(context.Context, *store.Tx, time.Time) (int,
			error){s.eraseInvitations, s.eraseRequests, s.eraseRows} {
			// A full chunk means that there may be more.
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

// endedBefore selects the invitations that ended before a time without an admission, and that are
// not erased yet.
func endedBefore(at time.Time) predicate.Invitation {
	return entinvitation.And(
		entinvitation.Not(entinvitation.EmailKeyHasPrefix(admission.ErasedKeyPrefix)),
		entinvitation.Or(
			entinvitation.And(entinvitation.StatusIn(entinvitation.StatusPending,
				entinvitation.StatusExpired), entinvitation.ExpiresAtLTE(at)),
			// One that never expires has no end to count from, so its last email counts: it shows
			// that somebody still waits for the answer.
			entinvitation.And(entinvitation.StatusEQ(entinvitation.StatusPending),
				entinvitation.ExpiresAtIsNil(), entinvitation.CreatedAtLTE(at),
				entinvitation.Or(entinvitation.LastSentAtIsNil(),
					entinvitation.LastSentAtLTE(at))),
			entinvitation.And(entinvitation.StatusEQ(entinvitation.StatusCancelled),
				entinvitation.CancelledAtLTE(at)),
			entinvitation.And(entinvitation.StatusEQ(entinvitation.StatusDeclined),
				entinvitation.DeclinedAtLTE(at)),
		))
}

// eraseInvitations erases up to invitation.SweepSize invitations, and returns how many it erased.
func (s *Service) eraseInvitations(ctx context.Context, tx *store.Tx,
	before time.Time) (int, error) {
	q := tx.Invitation.Query().Where(endedBefore(before)).Order(ent.Asc(entinvitation.FieldID)).
		Limit(invitation.SweepSize)
	if tx.Locks() {
		// A concurrent resend waits, and then finds that the invitation is erased.
		q.ForUpdate()
	}
	rows, err := q.All(ctx)
	if err != nil {
		return 0, err
	}
	return len(rows), s.forgetInvitations(ctx, tx, rows)
}

// eraseRequests erases up to invitation.SweepSize rejected join requests, and returns how many.
// joinlink.SweepRequests deletes the unconfirmed ones earlier.
func (s *Service) eraseRequests(ctx context.Context, tx *store.Tx, before time.Time) (int, error) {
	q := tx.JoinRequest.Query().Where(
		joinrequest.Not(joinrequest.EmailKeyHasPrefix(admission.ErasedKeyPrefix)),
		joinrequest.StatusEQ(joinrequest.StatusRejected), joinrequest.DecidedAtLTE(before),
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

// eraseRows erases up to invitation.SweepSize rows of finished imports that made nobody, and
// returns how many: rows in error, rows that were undone, rows of a preview that nobody started. A
// preview that has waited for the whole period is cancelled first.
func (s *Service) eraseRows(ctx context.Context, tx *store.Tx, before time.Time) (int, error) {
	err := tx.ImportBatch.Update().Where(importbatch.StatusEQ(importbatch.StatusPreviewed),
		importbatch.UpdatedAtLTE(before)).
		SetStatus(importbatch.StatusCancelled).SetFinishedAt(s.Clock()).Exec(ctx)
	if err != nil {
		return 0, err
	}
	// A cancelled or failed import that never started has no time at which it finished.
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

// forgetInvitations erases the invitee from invitations and from everything that refers to them. An
// open invitation is cancelled, any other keeps its state. Its links stop working, because they are
// signed for the address.
func (s *Service) forgetInvitations(ctx context.Context, tx *store.Tx,
	rows []*ent.Invitation) error {
	now := s.Clock()
	ids, events := make([]ident.ID, len(rows)), make([]audit.Event, len(rows))
	for i, inv := range rows {
		ids[i] = inv.ID
		events[i] = audit.Event{WorkspaceID: inv.WorkspaceID, Action: audit.InvitationErased,
			SubjectID: inv.ID}
		// Roles and places stay for the counts. Text and answers may name the person.
		g := inv.Grant
		g.AdditionalInfo, g.ExternalID, g.CustomFields = "", "", nil
		update := tx.Invitation.Update().Where(entinvitation.ID(inv.ID)).
			SetEmail(admission.ErasedAddress).SetEmailKey(admission.ErasedKeyPrefix +
			inv.ID.String()).ClearFirstName().ClearLastName().
			SetSearchText(searchtext.Text(admission.ErasedAddress)).ClearMessage().
			ClearLocale().ClearDeliveryError().ClearRemindAt().ClearRenewalAskedAt().SetGrant(g).
			ClearExternalID()
		switch invitation.Status(inv, now) {
		case entinvitation.StatusPending:
			update.SetStatus(entinvitation.StatusCancelled).SetCancelledAt(now)
		case entinvitation.StatusExpired:
			// EXPIRED is worked out when the row is read. It is stored here, because no later read
			// may turn it into something else.
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
	// An email about an invitation that has a user went to somebody else: to the inviter, or to an
	// administrator.
	if err := forgetMails(ctx, tx, entmail.InvitationIDIn(ids...),
		entmail.UserIDIsNil()); err != nil {
		return err
	}
	return s.forgetTraces(ctx, tx, ids, events)
}

// forgetRequests erases the person from join requests. An open request is rejected.
func (s *Service) forgetRequests(ctx context.Context, tx *store.Tx, rows []*ent.JoinRequest) error {
	now := s.Clock()
	ids, events := make([]ident.ID, len(rows)), make([]audit.Event, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		events[i] = audit.Event{WorkspaceID: r.WorkspaceID, Action: audit.JoinErased,
			SubjectID: r.ID}
		// The row stays, without anything of the person. Its key must be unique, so the id takes the
		// place of the address.
		update := tx.JoinRequest.Update().Where(joinrequest.ID(r.ID)).
			SetEmail(admission.ErasedAddress).
			SetEmailKey(admission.ErasedKeyPrefix + r.ID.String()).
			ClearFirstName().ClearLastName().
			SetSearchText(searchtext.Text(admission.ErasedAddress)).ClearLocale().
			ClearPasswordHash().
			ClearCustomFields().ClearConsents().ClearMessage()
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

// forgetTraces erases the details of audit events and of the undo journal about some rows, and
// records the given events, which name nobody.
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

// forgetRows erases the personal data of import rows. Their outcomes stay, and so do the counts.
func forgetRows(ctx context.Context, tx *store.Tx, which ...predicate.ImportRow) error {
	return tx.ImportRow.Update().Where(which...).ClearEmail().ClearEmailKey().ClearName().
		ClearUsername().
		SetCells([]string{}).ClearErrors().ClearSealedPassword().Exec(ctx)
}

// forgetMails erases the recipient and the content of queued and sent emails.
func forgetMails(ctx context.Context, tx *store.Tx, which ...predicate.Mail) error {
	ids, err := tx.Mail.Query().Where(which...).IDs(ctx)
	if err != nil {
		return err
	}
	return tx.EraseMails(ctx, ids)
}
