package mirror

import (
	"context"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/ident"
)

// The members that may leave without a confirmation: the larger of a number and a share.
const (
	freeLeavers      = 3
	freeLeaversShare = 20 // one of so many, 5 %
)

// LeaverLimit returns how many people an import may deactivate without a confirmation: the larger of
// 3 and 5 % of the active members, of the source if there is one. It is 0 for a mirrored file with
// rows that name nobody: anybody may be behind them. ctx is limited to the workspace.
func (p *Presence) LeaverLimit(ctx context.Context, db *ent.Client,
	o *schema.SyncOptions) (int, error) {
	if o.Mirror && p.nameless > 0 {
		return 0, nil
	}
	of := db.Member.Query().Where(member.StatusEQ(member.StatusActive))
	if o.Source != "" {
		of = ofSource(db, o.Source)
	}
	n, err := of.Count(ctx)
	return max(freeLeavers, n/freeLeaversShare), err
}

// EndedByImport returns which of some deactivated members an import deactivated last. The others were
// deactivated by a person, or by the end of their access: a file that still names them must not bring
// them back. ctx is limited to the workspace.
func EndedByImport(ctx context.Context, db *ent.Client, ids []ident.ID) (map[ident.ID]bool, error) {
	ended := map[ident.ID]bool{}
	if len(ids) == 0 {
		return ended, nil
	}
	events, err := db.AuditEvent.Query().Where(auditevent.MemberIDIn(ids...),
		auditevent.ActionIn(string(audit.MemberDeactivated), string(audit.MemberAccessEnded))).
		Order(ent.Asc(auditevent.FieldID)).
		Select(auditevent.FieldMemberID, auditevent.FieldAction, auditevent.FieldEntryPoint).All(ctx)
	for _, e := range events {
		// The last event decides.
		ended[*e.MemberID] = e.Action == string(audit.MemberDeactivated) &&
			e.EntryPoint == admission.EntryPointImport
	}
	return ended, err
}
