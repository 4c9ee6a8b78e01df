package main

// descriptions are the texts of types that entgql creates from fields, and of enum values, which
// ent has no place for.
var descriptions = map[string]string{
	"CustomFieldType":   "What kind of answer a custom field takes.",
	"DeliveryStatus":    "How a mail fares: made without sending, waiting, taken by the mail server, refused by it, or returned later.",
	"EnrollmentStatus":  "Where a member stands in a session.",
	"GroupVisibility":   "Whether a group leads its learners up to the group above.",
	"Import":            "One batch of people: its preview, its progress, its outcome.",
	"ImportAction":      "What becomes of people who are new.",
	"ImportExisting":    "What becomes of people who are there already.",
	"ImportHeader":      "Whether a file has a header.",
	"ImportSource":      "How the people of an import came.",
	"ImportStatus":      "How far an import has come.",
	"InvitationStatus":  "Where an invitation stands.",
	"JoinRequestReason": "Why somebody has to say yes to a join request.",
	"JoinRequestStatus": "How far a join request has come.",
	"MemberStatus":      "Whether a member may come in.",
	"MemberJoinedVia":   "The doors through which people come in.",
	"OrderDirection":    "Which end of the order comes first.",
	"PageInfo":          "Where a page stands in its list. Cursors are opaque: pass them back as after or before.",

	"CustomFieldType.TEXT":   "Any text.",
	"CustomFieldType.NUMBER": "A number.",
	"CustomFieldType.DATE":   "A date, YYYY-MM-DD.",
	"CustomFieldType.CHOICE": "One of the choices.",

	"DeliveryStatus.NOT_SENT": "Made without a mail: there is a link to copy.",
	"DeliveryStatus.QUEUED":   "Waiting to be sent, or to be tried again.",
	"DeliveryStatus.SENT":     "The mail server took it.",
	"DeliveryStatus.FAILED":   "The mail server refused it for good.",
	"DeliveryStatus.BOUNCED":  "The mail server took it, and it came back later.",

	"EnrollmentStatus.ENROLLED":  "In the session.",
	"EnrollmentStatus.WITHDRAWN": "Taken out of the session; it stays so until somebody enrols them again.",
	"EnrollmentStatus.COMPLETED": "Done with the session.",

	"GroupVisibility.PUBLIC":  "Its learners are learners of the group above, too.",
	"GroupVisibility.PRIVATE": "It leads nowhere.",

	"ImportAction.INVITE": "They are invited.",
	"ImportAction.CREATE": "Accounts are made for them.",

	"ImportExisting.SKIP":       "They stay as they are.",
	"ImportExisting.FILL_EMPTY": "What they lack is filled in.",
	"ImportExisting.UPDATE":     "What a row says holds, but for the name and language of an account, which are its owner's.",

	"ImportHeader.DETECT": "A header is looked for in the first ten lines. A file without one is refused unless every row fits the classic order.",
	"ImportHeader.NONE":   "There is none: every line is a person, in the classic order.",

	"ImportSource.FILE": "In an uploaded file.",
	"ImportSource.TEXT": "As pasted text.",
	"ImportSource.ROWS": "As rows of a request.",

	"ImportStatus.PREVIEWING": "The rows are being read and judged.",
	"ImportStatus.PREVIEWED":  "Ready to start; nothing has happened yet.",
	"ImportStatus.SCHEDULED":  "Started, and waiting for its time.",
	"ImportStatus.RUNNING":    "At work.",
	"ImportStatus.PAUSED":     "Held; it goes on when resumed.",
	"ImportStatus.COMPLETED":  "Every row is done with.",
	"ImportStatus.CANCELLED":  "Stopped for good; what was done stays.",
	"ImportStatus.FAILED":     "The file could not be read; nothing happened.",
	"ImportStatus.UNDONE":     "Taken back, as far as nobody had used it.",

	"InvitationStatus.PENDING":   "Still good.",
	"InvitationStatus.ACTIVE":    "Accepted: the person is a member.",
	"InvitationStatus.CANCELLED": "Taken back; its links are dead.",
	"InvitationStatus.DECLINED":  "The invitee said no.",
	"InvitationStatus.EXPIRED":   "Its time is over. It can be sent again.",

	"JoinRequestReason.APPROVAL":    "The link asks for it.",
	"JoinRequestReason.REMOVED":     "The person was taken out of the workspace before.",
	"JoinRequestReason.CANCELLED":   "The person's last invitation was cancelled.",
	"JoinRequestReason.DEACTIVATED": "The person is deactivated.",

	"JoinRequestStatus.UNCONFIRMED": "The mail has not been answered.",
	"JoinRequestStatus.WAITING":     "The address is proven, and somebody has to say yes.",
	"JoinRequestStatus.APPROVED":    "In.",
	"JoinRequestStatus.REJECTED":    "Somebody said no.",

	"MemberJoinedVia.INVITED":    "By an invitation.",
	"MemberJoinedVia.CREATED":    "Somebody made the account.",
	"MemberJoinedVia.IMPORTED":   "By an import.",
	"MemberJoinedVia.JOINED":     "By a join link.",
	"MemberJoinedVia.REGISTERED": "By being registered for a session.",
	"MemberJoinedVia.FOUNDED":    "As the first administrator.",

	"MemberStatus.ACTIVE":      "May come in, and takes a seat.",
	"MemberStatus.DEACTIVATED": "May not come in, and takes no seat.",

	"OrderDirection.ASC":  "The smallest, the earliest, A.",
	"OrderDirection.DESC": "The largest, the latest, Z.",

	"GroupOrderField.NAME":            "By name.",
	"InvitationOrderField.CREATED_AT": "By the moment of the first invitation.",
	"InvitationOrderField.EMAIL":      "By address.",
	"MemberOrderField.JOINED_AT":      "By the moment of coming in.",
	"MemberOrderField.NAME":           "By last name, then first name.",
	"OrgUnitOrderField.NAME":          "By name.",
	"ProgramOrderField.NAME":          "By name.",
}
