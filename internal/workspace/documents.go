package workspace

import (
	"slices"

	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/weburl"
)

// checkDocuments validates the addresses of the privacy notice and the terms (WSP-5). It replaces
// each by its canonical spelling.
func (in *UpdateInput) checkDocuments() error {
	var faults fault.Collector
	for _, document := range []struct {
		field  string
		change *inputs.Change[string]
	}{{"privacyUrl", &in.PrivacyURL}, {"termsUrl", &in.TermsURL}} {
		if document.change.Value == nil {
			continue
		}
		// Security: people on any network open these documents, so that plain http is refused even
		// on this machine.
		u, ok := weburl.ParsePage(*document.change.Value)
		if !ok || u.Scheme != "https" {
			faults.Add(fault.Input(document.field, "workspace.document"))
			continue
		}
		document.change.Value = new(u.String())
	}
	return faults.Err()
}

// changeDocuments applies the changes of the documents to the settings.
func (in *UpdateInput) changeDocuments(set *schema.WorkspaceSettings) {
	if in.PrivacyURL.Set {
		set.PrivacyURL = in.PrivacyURL.Value
	}
	if in.TermsURL.Set {
		set.TermsURL = in.TermsURL.Value
	}
}

// describeDocumentChanges returns one detail for each document that differs.
func describeDocumentChanges(old, set schema.WorkspaceSettings) []schema.Detail {
	text := inputs.ValueOrEmpty
	return slices.Concat(newDetail("privacyUrl", text(old.PrivacyURL), text(set.PrivacyURL)),
		newDetail("termsUrl", text(old.TermsURL), text(set.TermsURL)))
}
