package demo

import "usher/internal/i18n"

// Logins of the people that several rows refer to.
const (
	amelia  = "amelia.hart@brightwater.example"
	daniel  = "daniel.okafor@brightwater.example"
	priya   = "priya.raman@brightwater.example"
	tom     = "tom.becker@brightwater.example"
	marcus  = "marcus.bell@brightwater.example"
	noah    = "noah.fischer@brightwater.example"
	camille = "camille.laurent@brightwater.example"
)

// Keys of the sessions that the rows refer to.
var (
	salesFirst  = sessionKey("demo.program_sales", "demo.session_first")
	salesSecond = sessionKey("demo.program_sales", "demo.session_second")
	salesThird  = sessionKey("demo.program_sales", "demo.session_third")
	leading     = sessionKey("demo.program_leading", "demo.session_first")
	welcome     = sessionKey("demo.program_welcome", "demo.session_always")
	security    = sessionKey("demo.program_security", "demo.session_always")
)

// academy is the English workspace of the demo.
var academy = workspaceTable{
	slug: "brightwater", name: "Brightwater Academy", locale: i18n.English,
	zone: "Europe/London", color: "#0f766e", support: "help@brightwater.example",
	joinPage: joinPageRow{welcomeKey: "demo.join_welcome", group: "demo.group_everyone"},
	programs: []programRow{
		{"demo.program_welcome", []sessionRow{{key: "demo.session_always"}}},
		{"demo.program_sales", []sessionRow{
			{"demo.session_first", -120, -90}, {"demo.session_second", -14, 21},
			{"demo.session_third", 35, 65},
		}},
		{"demo.program_leading", []sessionRow{{"demo.session_first", 10, 12}}},
		{"demo.program_security",
			[]sessionRow{{key: "demo.session_always"}, {"demo.session_first", 28, 28}}},
	},
	groups: []groupRow{
		{key: "demo.group_everyone", externalID: "everyone", private: true,
			programs: []string{"demo.program_welcome"}},
		{key: "demo.group_sales", parent: "demo.group_everyone", externalID: "sales",
			programs: []string{"demo.program_sales"}},
		{key: "demo.group_sales_north", parent: "demo.group_sales", externalID: "sales-north"},
		{key: "demo.group_key_accounts", parent: "demo.group_sales", externalID: "key-accounts",
			private: true},
		{key: "demo.group_engineering", parent: "demo.group_everyone", externalID: "engineering",
			programs: []string{"demo.program_security"}},
		{key: "demo.group_platform", parent: "demo.group_engineering", externalID: "platform"},
		{key: "demo.group_leadership", externalID: "leadership", private: true,
			programs: []string{"demo.program_leading"}},
	},
	units: []unitRow{
		{key: "demo.unit_head_office"},
		{"demo.unit_customers", "demo.unit_head_office"},
		{"demo.unit_technology", "demo.unit_head_office"},
	},
	fields: []fieldRow{
		{name: "employee_number", key: "demo.field_number"},
		{name: "work_place", key: "demo.field_place",
			choices: []string{"demo.choice_office", "demo.choice_home", "demo.choice_both"}},
	},
	people: []personRow{
		{first: "Amelia", last: "Hart", login: amelia, daysAgo: 200},
		{first: "Daniel", last: "Okafor", login: daniel, daysAgo: 190, number: "B-1002",
			workPlace: "demo.choice_office",
			grant:     grantRow{roles: []string{"user_admin"}, unit: "demo.unit_head_office"}},
		{first: "Priya", last: "Raman", login: priya, daysAgo: 130, number: "B-1017",
			workPlace: "demo.choice_both",
			grant: grantRow{roles: []string{"user_admin"}, groups: []string{"demo.group_sales"},
				unit: "demo.unit_customers"}},
		{first: "Tom", last: "Becker", login: tom, daysAgo: 128, number: "B-1018",
			workPlace: "demo.choice_home",
			grant: grantRow{roles: []string{"group_admin"},
				groups: []string{"demo.group_engineering"},
				unit:   "demo.unit_technology"}},
		// Invited by the administrator: a manager may enroll, so a user administrator may not grant
		// that role (ADM-6).
		{first: "Sofia", last: "Lindqvist", login: "sofia.lindqvist@brightwater.example",
			daysAgo:   126,
			workPlace: "demo.choice_office",
			grant: grantRow{roles: []string{"manager"}, unit: "demo.unit_customers",
				labels: []string{"demo.label_mentor"}}},
		{first: "Marcus", last: "Bell", login: marcus, daysAgo: 110,
			grant: grantRow{roles: []string{"coach"}, groups: []string{"demo.group_sales"},
				unit: "demo.unit_customers"}},
		{first: "Hannah", last: "Cole", login: "hannah.cole@brightwater.example", daysAgo: 60,
			grant: grantRow{roles: []string{"instructor", "coach"}, sessions: []string{salesSecond},
				labels: []string{"demo.label_mentor"}}},
		{first: "Noah", last: "Fischer", login: noah, daysAgo: 100, number: "B-1044",
			workPlace: "demo.choice_both",
			grant: grantRow{groups: []string{"demo.group_sales_north"},
				unit: "demo.unit_customers"}},
		{first: "Camille", last: "Laurent", login: camille, daysAgo: 45, locale: i18n.French,
			workPlace: "demo.choice_home",
			grant: grantRow{groups: []string{"demo.group_platform"}, unit: "demo.unit_technology",
				sessions: []string{leading}}},
		{first: "Ethan", last: "Wright", login: "ethan.wright@partner.example", by: priya,
			daysAgo: 20,
			grant: grantRow{groups: []string{"demo.group_key_accounts"},
				labels: []string{"demo.label_contractor"}, accessDays: 30}},
	},
	accounts: []accountRow{
		{"Mina", "Osei", "mina.osei", "demo.group_platform"},
		{"Jonah", "Reid", "jonah.reid", "demo.group_sales_north"},
	},
	progress: []progressRow{
		{noah, salesFirst, 100, 92}, {noah, salesSecond, 40, 0}, {marcus, salesFirst, 100, 95},
		{marcus, salesThird, -1, 0},
		{camille, welcome, 100, 40}, {camille, security, 65, 0},
	},
	invitations: []invitationRow{
		{email: "lena.novak@brightwater.example", first: "Lena", last: "Novak", by: daniel,
			grant: grantRow{groups: []string{"demo.group_sales"}, unit: "demo.unit_customers"}},
		{email: "ben.carter@brightwater.example", first: "Ben", last: "Carter", by: priya,
			message: "demo.message",
			grant:   grantRow{groups: []string{"demo.group_sales_north"}}},
		{email: "grace.mbeki@brightwater.example", first: "Grace", last: "Mbeki", by: tom,
			message: "demo.message",
			grant:   grantRow{roles: []string{"coach"}, groups: []string{"demo.group_platform"}}},
		{email: "yuki.tanaka@partner.example", by: daniel,
			grant: grantRow{sessions: []string{salesThird},
				labels: []string{"demo.label_contractor"}}},
		{email: "jonas.weber@partner.example", first: "Jonas", last: "Weber", daysAgo: 2,
			linkOnly: true,
			grant:    grantRow{groups: []string{"demo.group_leadership"}}},
		// The demo's mail server refuses the first of these permanently and the second temporarily.
		{email: "reject.me@partner.example", first: "Ruth", last: "Meyer", by: daniel},
		{email: "tempfail@partner.example", by: daniel},
		{email: "oscar.dunn@brightwater.example", first: "Oscar", last: "Dunn", by: daniel,
			daysAgo:  9,
			linkOnly: true, fate: fateCancelled},
		{email: "mia.svensson@partner.example", first: "Mia", last: "Svensson", by: priya,
			daysAgo:  6,
			linkOnly: true, fate: fateDeclined,
			grant: grantRow{groups: []string{"demo.group_key_accounts"}}},
		{email: "carlos.vega@partner.example", first: "Carlos", last: "Vega", daysAgo: 40,
			linkOnly: true, fate: fateExpired},
		{email: "ivy.walsh@brightwater.example", first: "Ivy", last: "Walsh", by: tom, daysAgo: 25,
			linkOnly: true, fate: fateNewLinkRequested,
			grant: grantRow{groups: []string{"demo.group_engineering"}}},
	},
}
