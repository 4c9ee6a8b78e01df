package demo

import (
	"context"
	"time"

	"usher/ent/customfield"
	"usher/ent/enrollment"
	entgroup "usher/ent/group"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// workspaceSeed is one workspace during the run: its table, and the ids of the rows by key.
type workspaceSeed struct {
	*seedRun
	*workspaceTable
	id  ident.ID
	ids map[string]ident.ID
}

// translateKey returns the text of a key in the workspace's language.
func (w *workspaceTable) translateKey(key string) string { return i18n.T(w.locale, key, nil) }

// translateKeys is translateKey for a list.
func (w *workspaceTable) translateKeys(keys []string) []string {
	list := []string{}
	for _, k := range keys {
		list = append(list, w.translateKey(k))
	}
	return list
}

// createStructure inserts programs, sessions, groups, org units and custom fields, in one
// transaction.
func (h *workspaceSeed) createStructure(ctx context.Context) error {
	ctx = store.InWorkspace(ctx, h.id)
	return h.Store.WithTx(ctx, func(tx *store.Tx) error {
		err := tx.Workspace.UpdateOneID(h.id).SetColor(h.color).SetTimeZone(h.zone).
			SetSupportContact(h.support).
			SetSettings(schema.WorkspaceSettings{
				InvitationDays: 14, RemindDaysAfterSending: []int{5},
				RemindDaysBeforeExpiry: []int{2}, SessionReminderDaysBefore: []int{1},
			}).Exec(ctx)
		for _, step := range []func(context.Context, *store.Tx) error{h.addPrograms, h.addGroups,
			h.addUnits, h.addFields} {
			if err == nil {
				err = step(ctx, tx)
			}
		}
		return err
	})
}

// addPrograms creates the programs with their sessions.
func (h *workspaceSeed) addPrograms(ctx context.Context, tx *store.Tx) error {
	for _, p := range h.programs {
		row, err := tx.Program.Create().SetWorkspaceID(h.id).SetName(h.translateKey(p.key)).
			Save(ctx)
		if err != nil {
			return err
		}
		h.ids[p.key] = row.ID
		for _, run := range p.sessions {
			create := tx.Session.Create().SetWorkspaceID(h.id).SetProgramID(row.ID).
				SetName(h.translateKey(run.key))
			// A session without dates is always open.
			if run.from != 0 || run.to != 0 {
				create.SetStartsAt(h.hourOfDay(run.from, 9)).SetEndsAt(h.hourOfDay(run.to, 17))
			}
			made, err := create.Save(ctx)
			if err != nil {
				return err
			}
			h.ids[sessionKey(p.key, run.key)] = made.ID
		}
	}
	return nil
}

// hourOfDay returns an hour of the day (UTC) some days from now.
func (s *seedRun) hourOfDay(days, hour int) time.Time {
	return s.now.Truncate(24*time.Hour).AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour)
}

// addGroups creates the groups, parents first.
func (h *workspaceSeed) addGroups(ctx context.Context, tx *store.Tx) error {
	for _, g := range h.groups {
		create := tx.Group.Create().SetWorkspaceID(h.id).SetName(h.translateKey(g.key)).
			SetExternalID(g.externalID).
			SetVisibility(entgroup.VisibilityPublic).SetNillableParentID(h.parentID(g.parent)).
			AddProgramIDs(h.idsOf(g.programs)...)
		if g.private {
			create.SetVisibility(entgroup.VisibilityPrivate)
		}
		row, err := create.Save(ctx)
		if err != nil {
			return err
		}
		h.ids[g.key] = row.ID
	}
	return nil
}

// addUnits creates the units, parents first.
func (h *workspaceSeed) addUnits(ctx context.Context, tx *store.Tx) error {
	for _, u := range h.units {
		row, err := tx.OrgUnit.Create().SetWorkspaceID(h.id).SetName(h.translateKey(u.key)).
			SetNillableParentID(h.parentID(u.parent)).Save(ctx)
		if err != nil {
			return err
		}
		h.ids[u.key] = row.ID
	}
	return nil
}

// addFields creates the custom fields, in the order of the table.
func (h *workspaceSeed) addFields(ctx context.Context, tx *store.Tx) error {
	for i, f := range h.fields {
		kind := customfield.TypeText
		if len(f.choices) > 0 {
			kind = customfield.TypeChoice
		}
		err := tx.CustomField.Create().SetWorkspaceID(h.id).SetKey(f.name).
			SetName(h.translateKey(f.key)).
			SetType(kind).
			SetChoices(h.translateKeys(f.choices)).SetRequired(f.required).SetPosition(i).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// recordProgress updates the enrollments with progress and status, as a learning system would.
func (h *workspaceSeed) recordProgress(ctx context.Context) error {
	ctx = store.InWorkspace(ctx, h.id)
	return h.Store.WithTx(ctx, func(tx *store.Tx) error {
		for _, p := range h.progress {
			row, err := tx.Enrollment.Query().
				Where(enrollment.SessionID(h.ids[p.session]),
					enrollment.HasMemberWith(member.UserID(h.userIDs[p.login]))).Only(ctx)
			if err != nil {
				return err
			}
			// -1 stands for a withdrawal, which keeps no progress.
			update := tx.Enrollment.UpdateOne(row).SetProgress(max(p.percent, 0))
			switch p.percent {
			case -1:
				update.SetStatus(enrollment.StatusWithdrawn)
			case 100:
				update.SetStatus(enrollment.StatusCompleted).
					SetCompletedAt(h.now.AddDate(0, 0, -p.daysAgo))
			}
			if err := update.Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// parentID returns the id of a key, nil for "".
func (h *workspaceSeed) parentID(key string) *ident.ID {
	if key == "" {
		return nil
	}
	i := h.ids[key]
	return &i
}

// idsOf returns the ids of rows that were created, by their keys.
func (h *workspaceSeed) idsOf(keys []string) []ident.ID {
	var list []ident.ID
	for _, k := range keys {
		list = append(list, h.ids[k])
	}
	return list
}
