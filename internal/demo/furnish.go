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

// house is a workspace in the making: its table, and the ids of what its keys stand for.
type house struct {
	*seed
	*workplace
	id  ident.ID
	ids map[string]ident.ID
}

// word is what a key is called in the workspace's language.
func (w *workplace) word(key string) string { return i18n.T(w.locale, key, nil) }

func (w *workplace) words(keys []string) []string {
	list := []string{}
	for _, k := range keys {
		list = append(list, w.word(k))
	}
	return list
}

// furnish makes the places of a workspace, before there is anyone to put into them.
func (h *house) furnish(ctx context.Context) error {
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

func (h *house) addPrograms(ctx context.Context, tx *store.Tx) error {
	for _, p := range h.programs {
		row, err := tx.Program.Create().SetWorkspaceID(h.id).SetName(h.word(p.key)).Save(ctx)
		if err != nil {
			return err
		}
		h.ids[p.key] = row.ID
		for _, run := range p.sessions {
			create := tx.Session.Create().SetWorkspaceID(h.id).SetProgramID(row.ID).
				SetName(h.word(run.key))
			if run.from != 0 || run.to != 0 {
				create.SetStartsAt(h.hour(run.from, 9)).SetEndsAt(h.hour(run.to, 17))
			}
			made, err := create.Save(ctx)
			if err != nil {
				return err
			}
			h.ids[runOf(p.key, run.key)] = made.ID
		}
	}
	return nil
}

// hour is an hour of the day (UTC) some days from now.
func (s *seed) hour(days, hour int) time.Time {
	return s.now.Truncate(24*time.Hour).AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour)
}

func (h *house) addGroups(ctx context.Context, tx *store.Tx) error {
	for _, g := range h.groups {
		create := tx.Group.Create().SetWorkspaceID(h.id).SetName(h.word(g.key)).
			SetExternalID(g.externalID).
			SetVisibility(entgroup.VisibilityPublic).SetNillableParentID(h.parent(g.parent)).
			AddProgramIDs(h.all(g.programs)...)
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

func (h *house) addUnits(ctx context.Context, tx *store.Tx) error {
	for _, u := range h.units {
		row, err := tx.OrgUnit.Create().SetWorkspaceID(h.id).SetName(h.word(u.key)).
			SetNillableParentID(h.parent(u.parent)).Save(ctx)
		if err != nil {
			return err
		}
		h.ids[u.key] = row.ID
	}
	return nil
}

func (h *house) addFields(ctx context.Context, tx *store.Tx) error {
	for i, f := range h.fields {
		kind := customfield.TypeText
		if len(f.choices) > 0 {
			kind = customfield.TypeChoice
		}
		err := tx.CustomField.Create().SetWorkspaceID(h.id).SetKey(f.name).SetName(h.word(f.key)).
			SetType(kind).
			SetChoices(h.words(f.choices)).SetRequired(f.required).SetPosition(i).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// report writes down how far people have come in their sessions, as the learning system would.
func (h *house) report(ctx context.Context) error {
	ctx = store.InWorkspace(ctx, h.id)
	return h.Store.WithTx(ctx, func(tx *store.Tx) error {
		for _, p := range h.progress {
			row, err := tx.Enrollment.Query().
				Where(enrollment.SessionID(h.ids[p.session]),
					enrollment.HasMemberWith(member.UserID(h.users[p.login]))).Only(ctx)
			if err != nil {
				return err
			}
			update := tx.Enrollment.UpdateOne(row).SetProgress(max(p.percent, 0))
			switch p.percent {
			case -1:
				update.SetStatus(enrollment.StatusWithdrawn)
			case 100:
				update.SetStatus(enrollment.StatusCompleted).
					SetCompletedAt(h.now.AddDate(0, 0, -p.ago))
			}
			if err := update.Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// parent is the id of the node above, nil for a root.
func (h *house) parent(key string) *ident.ID {
	if key == "" {
		return nil
	}
	i := h.ids[key]
	return &i
}

func (h *house) all(keys []string) []ident.ID {
	var list []ident.ID
	for _, k := range keys {
		list = append(list, h.ids[k])
	}
	return list
}
