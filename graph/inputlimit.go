package graph

import "usher/internal/gqllimit"

// InputLimits bound the lists and texts of inputs before they are read. A name that begins with a
// star applies to every input and argument with a field of that name and no limit of its own. Other
// lists and texts have the limits of internal/gqllimit.
//
// The verbs enforce the same limits or lower ones for all entry points. The limits here only keep
// reading cheap. Addresses may be given twice, so the limit here is above that of INV-1.
var InputLimits = gqllimit.InputLimits{
	"*.customFields":   {Items: 60, Text: 5_000},
	"*.emails":         {Items: 1_000, Text: 2_000},
	"*.groupIds":       {Items: 100},
	"*.groups":         {Items: 100, Text: 1_000},
	"*.instructorIds":  {Items: 100},
	"*.labels":         {Items: 50, Text: 1_000},
	"*.permissions":    {Items: 100},
	"*.programIds":     {Items: 100},
	"*.roles":          {Items: 20, Text: 1_000},
	"*.search":         {Text: 200},
	"*.sessionIds":     {Items: 100},
	"*.sessions":       {Items: 100, Text: 1_000},
	"*.slug":           {Text: 200},
	"*.status":         {Items: 20},
	"*.deliveryStatus": {Items: 20},
	"*.whitelist":      {Items: 1_000, Text: 2_000, Rows: true},
	"*.choices":        {Items: 100, Text: 1_000},

	"BatchUsersInput.rows":              {Items: 5_000, Rows: true},
	"SyncMembersInput.rows":             {Items: 5_000, Rows: true},
	"ImportContentInput.text":           {Text: 1 << 20},
	"GroupFilter.externalId":            {Items: 100, Text: 1_000},
	"InviteUsersInput.people":           {Items: 1_000},
	"InviteUsersInput.text":             {Text: 128 << 10, Addresses: true},
	"RegisterForSessionInput.memberIds": {Items: 5_000, Rows: true},
}
