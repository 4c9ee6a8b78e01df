package graph

import "strings"

// enumValue returns the enum value of a stored word: invitation.sent is INVITATION_SENT. Stored
// words are contracts, and so are the values of the schema, so one follows from the other.
func enumValue(word string) string { return strings.ToUpper(strings.ReplaceAll(word, ".", "_")) }
