package invitation

import (
	"usher/ent"
	"usher/internal/inputs"
	"usher/internal/searchtext"
)

// SetSearchText writes the text by which a search finds an invitation, if a change of the
// invitation writes its address or a name.
func SetSearchText(m *ent.InvitationMutation, inv *ent.Invitation) {
	email, newEmail := m.Email()
	first, newFirst := m.FirstName()
	last, newLast := m.LastName()
	// The mutation knows only what it changes. The other parts are read from the row.
	if !newEmail {
		email = inv.Email
	}
	if !newFirst && !m.FirstNameCleared() {
		first = inputs.ValueOrEmpty(inv.FirstName)
	}
	if !newLast && !m.LastNameCleared() {
		last = inputs.ValueOrEmpty(inv.LastName)
	}
	if newEmail || newFirst || newLast || m.FirstNameCleared() || m.LastNameCleared() {
		m.SetSearchText(searchtext.Text(email, first, last))
	}
}
