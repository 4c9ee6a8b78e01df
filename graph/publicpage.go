package graph

import (
	"context"
	"usher/internal/inputs"

	"usher/ent"
	"usher/internal/acceptance"
	"usher/internal/card"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
)

// The public reads answer what the public pages show to the holder of the same link.

// publicBrand is how a workspace presents itself.
func publicBrand(w *ent.Workspace) *PublicBrand {
	return &PublicBrand{WorkspaceName: w.Name, LogoURL: w.LogoURL, Color: w.Color,
		SupportContact: w.SupportContact, PrivacyURL: w.Settings.PrivacyURL,
		TermsURL: w.Settings.TermsURL}
}

// publicLocale is the language of a page: that of its recipient, else that of the workspace.
func publicLocale(recipient string, w *ent.Workspace) string {
	locale, _ := i18n.Match(recipient, w.DefaultLocale)
	return string(locale)
}

// publicQuestions are the questions of a form.
func publicQuestions(fields []*ent.CustomField) []*PublicQuestion {
	questions := make([]*PublicQuestion, len(fields))
	for i, field := range fields {
		questions[i] = &PublicQuestion{Key: field.Key, Name: field.Name, Type: field.Type,
			Choices: append([]string{}, field.Choices...)}
	}
	return questions
}

// publicGrant is what an invitation gives, in words.
func publicGrant(granted *acceptance.Granted) *PublicGrant {
	words := &PublicGrant{Groups: []string{}, Programs: []string{}, Sessions: []*PublicSession{},
		AccessExpiresAt: granted.AccessExpiresAt}
	for _, group := range granted.Groups {
		words.Groups = append(words.Groups, group.Name)
	}
	for _, program := range granted.Programs {
		words.Programs = append(words.Programs, program.Name)
	}
	for _, session := range granted.Sessions {
		words.Sessions = append(words.Sessions, &PublicSession{
			Program: session.Edges.Program.Name, Name: session.Name,
			StartsAt: session.StartsAt, EndsAt: session.EndsAt,
		})
	}
	return words
}

// accountStep is what the form of an emailed link must ask for, as on the public page.
func accountStep(newPassword, signedIn, hasAccount bool) *AccountStep {
	step := AccountStepRegister
	switch {
	case newPassword:
		step = AccountStepNewPassword
	case signedIn:
		step = AccountStepContinue
	case hasAccount:
		step = AccountStepSignIn
	}
	return &step
}

// publicCard is a card as its link shows it.
func publicCard(ctx context.Context, page *card.CardPage) *PublicCard {
	shown := &PublicCard{State: CardStateOpen, Brand: publicBrand(page.Workspace),
		WorkspaceSlug: page.Workspace.Slug, Locale: publicLocale(page.Locale, page.Workspace),
		Username: inputs.NilIfEmpty(page.Username), Consent: page.Consent}
	// With a username the address is not needed to sign in.
	if page.Username == "" {
		shown.Email = inputs.NilIfEmpty(page.Email)
	}
	// The verb tells the state of the card by the fault that redeeming it would give.
	dead, ok := fault.Of(page.Dead)
	if !ok {
		shown.ExpiresAt = &page.ExpiresAt
		return shown
	}
	reason := dead.Message.In(gqlhttp.Locale(ctx))
	shown.Reason = &reason
	switch dead.Code {
	case fault.LinkUsed:
		shown.State = CardStateUsed
	case fault.LinkExpired:
		shown.State = CardStateExpired
	default:
		shown.State = CardStateCancelled
	}
	return shown
}
