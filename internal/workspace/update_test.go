package workspace_test

import (
	"testing"

	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/workspace"
)

func TestTheWorkspaceSaysWhenToRemindOfSessionsAndWhenToErase(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		save := func(in workspace.UpdateInput) error {
			in.ID = p.Workspace.ID
			_, err := p.Workspaces.Update(t.Context(), p.Caller(p.Admin), in)
			return err
		}
		done(t, save(workspace.UpdateInput{SessionReminderDaysBefore: []int{7, 1},
			EraseUnacceptedAfterDays: new(90)}))
		done(t, save(workspace.UpdateInput{RequireGroup: new(true)}))
		set := p.Store.Workspace.GetX(p.In(), p.Workspace.ID).Settings
		same(t, "reminders", set.SessionReminderDaysBefore, []int{7, 1})
		same(t, "erasing", set.EraseUnacceptedAfterDays, 90)
		done(t, save(workspace.UpdateInput{SessionReminderDaysBefore: []int{},
			EraseUnacceptedAfterDays: new(0)}))
		set = p.Store.Workspace.GetX(p.In(), p.Workspace.ID).Settings
		same(t, "no reminders", len(set.SessionReminderDaysBefore), 0)
		same(t, "no erasing", set.EraseUnacceptedAfterDays, 0)

		for _, days := range [][]int{{0}, {366}, {1, 2, 3, 4, 5, 6}} {
			refused(t, save(workspace.UpdateInput{SessionReminderDaysBefore: days}),
				fault.BadUserInput, "sessionReminderDaysBefore")
		}
		for _, days := range []int{-1, 3651} {
			refused(t, save(workspace.UpdateInput{EraseUnacceptedAfterDays: &days}),
				fault.BadUserInput, "eraseUnacceptedAfterDays")
		}
		same(t, "history", p.Happened(p.Workspace.ID),
			[]string{"workspace.founded", "workspace.edited", "workspace.edited",
				"workspace.edited"})
	})
}
