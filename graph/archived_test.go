package graph_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"usher/ent/auditevent"
	"usher/internal/apptest"
	"usher/internal/store"
)

// goesOn are the operations that an archived workspace does not refuse: they are about the
// organization or the workspace's own life, erase or read, or change nothing of the workspace.
var goesOn = map[string]bool{
	"createWorkspace": true, "updateOrganization": true, "addOrganizationAdministrator": true,
	"removeOrganizationAdministrator": true, "archiveWorkspace": true, "unarchiveWorkspace": true,
	"exportWorkspace": true, "deleteWorkspace": true, "restoreWorkspace": true,
	"eraseMember": true, "personalData": true, "explainJoin": true, "liftSuppression": true,
	"revokeApiKey":             true, // takes rights away, which must never wait
	"deleteWebhook":            true, // a receiver must not wait
	"resendPendingInvitations": true, // of a filter that nobody fits
}

// WSP-1: no operation changes an archived workspace. Operations that are new are asked by
// themselves.
func TestAnArchivedWorkspaceRefusesEveryOperation(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		m := newMatrix(t, k)
		requests := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(asked)) {
			if operation, _, _ := strings.Cut(name, " "); !goesOn[operation] {
				requests[name] = m.fresh("own", asked[name])
			}
		}
		if _, err := k.Lifecycle.Archive(t.Context(), k.Caller(m.Admin),
			m.Workspace.ID); err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(requests)) {
			before := m.countEvents(t)
			code := m.send(name, "admin", requests[name])
			// What the rows already are needs no refusal, and changes nothing.
			if code != "CONFLICT" && (code != "" || m.countEvents(t) != before) {
				t.Errorf("%s: %q", name, code)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// countEvents returns how many changes the workspace's history holds.
func (m *matrix) countEvents(t *testing.T) int {
	t.Helper()
	n, err := m.Store.AuditEvent.Query().Where(auditevent.WorkspaceID(m.Workspace.ID)).
		Count(store.AsSystem(t.Context(), "test"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
