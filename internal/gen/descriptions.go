package main

// descriptions are of the types that entgql makes out of fields, whose own words would tell a reader nothing.
var descriptions = map[string]string{
	"CustomFieldType":  "What kind of answer a custom field takes.",
	"DeliveryStatus":   "How a mail fares: made without sending, waiting, taken by the mail server, refused by it, or returned later.",
	"EnrollmentStatus": "Where a member stands in a session.",
	"GroupVisibility":  "Whether a group leads its learners up to the group above.",
	"InvitationStatus": "Where an invitation stands.",
	"MemberStatus":     "Whether a member may come in.",
	"MemberJoinedVia":  "The doors through which people come in.",
	"OrderDirection":   "Which end of the order comes first.",
	"PageInfo":         "Where a page stands in its list. Cursors are opaque: pass them back as after or before.",
}
