package workspace

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/weburl"
)

// maxVersion limits the version of the documents, in characters.
const maxVersion = 40

// checkDocuments validates the addresses of the privacy notice and the terms (WSP-5),
// and the version of both. It replaces each by its canonical spelling.
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
	if v := in.ConsentVersion.Value; v != nil {
		version := strings.TrimSpace(*v)
		if n := utf8.RuneCountInString(version); n == 0 || n > maxVersion ||
			strings.ContainsFunc(version, unicode.IsControl) {
			faults.Add(fault.Input("consentVersion", "workspace.consent_version",
				i18n.Args{"Max": maxVersion}))
		}
		in.ConsentVersion.Value = &version
	}
	return faults.Err()
}

// checkConsent refuses settings that ask for a consent without telling to what (WSP-6). It judges
// the settings behind the lock: the parts may come with different requests.
func checkConsent(set schema.WorkspaceSettings) error {
	if !set.ConsentRequired {
		return nil
	}
	var faults fault.Collector
	if set.ConsentVersion == nil {
		faults.Add(fault.Input("consentVersion", "workspace.consent_version",
			i18n.Args{"Max": maxVersion}))
	}
	if set.PrivacyURL == nil && set.TermsURL == nil {
		faults.Add(fault.Input("privacyUrl", "workspace.consent_document"))
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
	if in.ConsentRequired != nil {
		set.ConsentRequired = *in.ConsentRequired
	}
	if in.ConsentVersion.Set {
		set.ConsentVersion = in.ConsentVersion.Value
	}
}

// describeDocumentChanges returns one detail for each document that differs.
func describeDocumentChanges(old, set schema.WorkspaceSettings) []schema.Detail {
	text := inputs.ValueOrEmpty
	return slices.Concat(newDetail("privacyUrl", text(old.PrivacyURL), text(set.PrivacyURL)),
		newDetail("termsUrl", text(old.TermsURL), text(set.TermsURL)),
		newDetail("consentRequired", strconv.FormatBool(old.ConsentRequired),
			strconv.FormatBool(set.ConsentRequired)),
		newDetail("consentVersion", text(old.ConsentVersion), text(set.ConsentVersion)))
}
