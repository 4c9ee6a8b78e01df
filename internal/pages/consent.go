package pages

import (
	"strings"

	"usher/internal/consent"
	"usher/internal/i18n"
)

// linkMark stands before and after each link inside a sentence of the catalogue. No name of a
// workspace holds it.
const linkMark = "\x01"

// consentFields returns the box that a person ticks to consent to the documents of the workspace
// (WSP-6), none if nothing is asked. It is never ticked in advance.
func (v *visit) consentFields(asked *consent.Request) []formField {
	if asked == nil {
		return nil
	}
	key, documents := asked.Documents()
	sentence := i18n.T(v.locale, key, i18n.Args{"Workspace": v.brand.Name, "Link": linkMark,
		"End": linkMark})
	// The value is the version, so that a form from before a change of the documents is refused.
	return []formField{{Name: consent.Field, Type: "checkbox",
		Label: strings.ReplaceAll(sentence, linkMark, ""), LabelParts: linkedParts(sentence, documents),
		Choices: []fieldChoice{{Value: asked.Version}}, missingText: v.t("consent_missing")}}
}

// linkedParts splits a sentence into its texts and its links, which get the paths in their order.
func linkedParts(sentence string, paths []string) (parts []pageLink) {
	for i, label := range strings.Split(sentence, linkMark) {
		part := pageLink{Label: label}
		if i%2 == 1 {
			part.Path = paths[i/2]
		}
		parts = append(parts, part)
	}
	return parts
}
