package workspace_test

import (
	"slices"
	"testing"

	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/workspace"
)

// WSP-5: the documents are https pages, and the history tells what they were.
func TestAWorkspaceNamesItsPrivacyNoticeAndItsTerms(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		save := func(in workspace.UpdateInput) error {
			in.ID = p.Workspace.ID
			_, err := p.Workspaces.Update(t.Context(), p.Caller(p.Admin), in)
			return err
		}
		to := func(url string) inputs.Change[string] {
			return inputs.Change[string]{Set: true, Value: inputs.NilIfEmpty(url)}
		}
		done(t, save(workspace.UpdateInput{PrivacyURL: to("https://Acme.test:443/privacy?l=en#you"),
			TermsURL: to("https://acme.test/terms")}))
		done(t, save(workspace.UpdateInput{Name: new("Acme")})) // keeps them
		set := p.Store.Workspace.GetX(p.In(), p.Workspace.ID).Settings
		same(t, "privacy notice", *set.PrivacyURL, "https://acme.test/privacy?l=en#you")
		same(t, "terms", *set.TermsURL, "https://acme.test/terms")

		for _, url := range []string{"http://acme.test/privacy", "http://localhost/privacy",
			"https://ann:secret@acme.test/", "javascript:alert(1)", "acme.test/privacy", " "} {
			refused(t, save(workspace.UpdateInput{PrivacyURL: to(url)}), fault.BadUserInput,
				"privacyUrl")
			refused(t, save(workspace.UpdateInput{TermsURL: to(url)}), fault.BadUserInput,
				"termsUrl")
		}

		done(t, save(workspace.UpdateInput{TermsURL: to("")}))
		set = p.Store.Workspace.GetX(p.In(), p.Workspace.ID).Settings
		same(t, "terms", set.TermsURL, nil)
		same(t, "privacy notice", *set.PrivacyURL, "https://acme.test/privacy?l=en#you")
		var changes []string
		for _, event := range p.Store.AuditEvent.Query().AllX(p.In()) {
			for _, d := range event.Details {
				changes = append(changes, d.Name+": "+d.Before+" > "+d.After)
			}
		}
		for _, change := range []string{
			"privacyUrl:  > https://acme.test/privacy?l=en#you",
			"termsUrl:  > https://acme.test/terms", "termsUrl: https://acme.test/terms > ",
		} {
			if !slices.Contains(changes, change) {
				t.Errorf("the history of %q has no %q", changes, change)
			}
		}
	})
}
