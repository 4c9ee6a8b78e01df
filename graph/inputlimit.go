package graph

import "usher/internal/gqlhttp"

// InputLimits bound the lists and texts of inputs before anything else looks at them. A name that
// begins with a star holds for every input and argument that has a field of that name and no limit
// of its own. Lists and texts that are not named here have the limits of internal/gqlhttp.
//
// The verbs hold the same limits, and some lower ones, for all their entry points; here they only
// have to be so low that reading costs nothing. Addresses may be given twice, so there are more of
// them here than INV-1 admits.
var InputLimits = gqlhttp.InputLimits{
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
	"CreateImportInput.text":            {Text: 1 << 20},
	"InviteUsersInput.people":           {Items: 1_000},
	"InviteUsersInput.text":             {Text: 128 << 10, Addresses: true},
	"RegisterForSessionInput.memberIds": {Items: 5_000, Rows: true},
}
