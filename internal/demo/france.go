package demo

import "usher/internal/i18n"

// france is the French workspace of the demo.
var france = workspaceTable{
	slug: "brightwater-france", name: "Brightwater France", locale: i18n.French,
	zone: "Europe/Paris", color: "#9f1239", support: "aide@brightwater.example",
	joinPage: joinPageRow{welcomeKey: "demo.join_welcome", group: "demo.group_newcomers",
		whitelist: []string{"brightwater.example", "*.brightwater.example"}, approval: true},
	programs: []programRow{
		{"demo.program_welcome", []sessionRow{{key: "demo.session_always"}}},
		{"demo.program_service", []sessionRow{
			{"demo.session_first", -75, -50}, {"demo.session_second", -7, 30},
			{"demo.session_third", 45, 75},
		}},
	},
	groups: []groupRow{
		{key: "demo.group_everyone", externalID: "tous", private: true,
			programs: []string{"demo.program_welcome"}},
		{key: "demo.group_service", parent: "demo.group_everyone", externalID: "service-client",
			programs: []string{"demo.program_service"}},
		{key: "demo.group_newcomers", parent: "demo.group_service", externalID: "nouveaux"},
		{key: "demo.group_trainers", externalID: "formateurs", private: true},
	},
	units: []unitRow{
		{key: "demo.unit_head_office"},
		{"demo.unit_lyon", "demo.unit_head_office"},
		{"demo.unit_lille", "demo.unit_head_office"},
	},
	fields: []fieldRow{
		// Required here and optional in the academy, so that the demo shows both kinds of the
		// accept page.
		{name: "work_place", key: "demo.field_place", choices: []string{"demo.choice_office",
			"demo.choice_home", "demo.choice_both"}, required: true},
		{name: "employee_number", key: "demo.field_number"},
	},
	people: []personRow{
		{first: "Élodie", last: "Moreau", login: "elodie.moreau@brightwater.example", daysAgo: 90},
		{first: "Hugo", last: "Lefèvre", login: "hugo.lefevre@brightwater.example", daysAgo: 80,
			workPlace: "demo.choice_office", number: "F-012",
			grant: grantRow{roles: []string{"manager"}, unit: "demo.unit_lyon"}},
		{first: "Julien", last: "Petit", login: "julien.petit@brightwater.example", daysAgo: 70,
			workPlace: "demo.choice_both",
			grant: grantRow{roles: []string{"instructor", "coach"},
				sessions: []string{sessionKey("demo.program_service", "demo.session_second")}}},
		{first: "Inès", last: "Garnier", login: "ines.garnier@brightwater.example", daysAgo: 65,
			workPlace: "demo.choice_home", number: "F-031",
			grant: grantRow{groups: []string{"demo.group_newcomers"}, unit: "demo.unit_lyon"}},
		{first: "Camille", last: "Laurent", login: camille, daysAgo: 30,
			workPlace: "demo.choice_home",
			grant: grantRow{roles: []string{"group_admin"}, groups: []string{"demo.group_service"},
				unit: "demo.unit_lille"}},
	},
	// Their page wants an approval, and an address of the company.
	requests: []string{tom, marcus},
	progress: []progressRow{
		{"ines.garnier@brightwater.example",
			sessionKey("demo.program_service", "demo.session_first"),
			100, 52},
		{"ines.garnier@brightwater.example",
			sessionKey("demo.program_service", "demo.session_second"), 15, 0},
	},
	invitations: []invitationRow{
		{email: "theo.roussel@brightwater.example", first: "Théo", last: "Roussel",
			message: "demo.message",
			grant:   grantRow{groups: []string{"demo.group_newcomers"}, unit: "demo.unit_lille"}},
		{email: "manon.faure@partner.example", first: "Manon", last: "Faure", by: camille,
			daysAgo:  3,
			linkOnly: true,
			grant:    grantRow{groups: []string{"demo.group_service"}}},
		// An academy account: it exists in another workspace of the organization (INV-3).
		{email: noah, by: camille, grant: grantRow{groups: []string{"demo.group_newcomers"}}},
		{email: "paul.marchand@partner.example", first: "Paul", last: "Marchand", daysAgo: 20,
			linkOnly: true, fate: fateExpired},
		{email: "lucie.blanc@brightwater.example", first: "Lucie", last: "Blanc", daysAgo: 12,
			linkOnly: true, fate: fateCancelled},
	},
}
