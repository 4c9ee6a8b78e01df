package demo

import "usher/internal/i18n"

var france = workplace{
	slug: "brightwater-france", name: "Brightwater France", locale: i18n.French,
	zone: "Europe/Paris", color: "#9f1239", support: "aide@brightwater.example",
	door: door{welcome: "demo.join_welcome", group: "demo.group_newcomers",
		whitelist: []string{"brightwater.example", "*.brightwater.example"}, approval: true},
	programs: []program{
		{"demo.program_welcome", []session{{key: "demo.session_always"}}},
		{"demo.program_service", []session{
			{"demo.session_first", -75, -50}, {"demo.session_second", -7, 30},
			{"demo.session_third", 45, 75},
		}},
	},
	groups: []group{
		{key: "demo.group_everyone", externalID: "tous", private: true,
			programs: []string{"demo.program_welcome"}},
		{key: "demo.group_service", parent: "demo.group_everyone", externalID: "service-client",
			programs: []string{"demo.program_service"}},
		{key: "demo.group_newcomers", parent: "demo.group_service", externalID: "nouveaux"},
		{key: "demo.group_trainers", externalID: "formateurs", private: true},
	},
	units: []unit{
		{key: "demo.unit_head_office"},
		{"demo.unit_lyon", "demo.unit_head_office"},
		{"demo.unit_lille", "demo.unit_head_office"},
	},
	fields: []field{
		// Required here and not in the academy, so that both kinds of accept page can be seen.
		{name: "work_place", key: "demo.field_place", choices: []string{"demo.choice_office",
			"demo.choice_home", "demo.choice_both"}, required: true},
		{name: "employee_number", key: "demo.field_number"},
	},
	people: []person{
		{first: "Élodie", last: "Moreau", login: "elodie.moreau@brightwater.example", ago: 90},
		{first: "Hugo", last: "Lefèvre", login: "hugo.lefevre@brightwater.example", ago: 80,
			works: "demo.choice_office", number: "F-012",
			grant: grant{roles: []string{"manager"}, unit: "demo.unit_lyon"}},
		{first: "Julien", last: "Petit", login: "julien.petit@brightwater.example", ago: 70,
			works: "demo.choice_both",
			grant: grant{roles: []string{"instructor", "coach"},
				sessions: []string{runOf("demo.program_service", "demo.session_second")}}},
		{first: "Inès", last: "Garnier", login: "ines.garnier@brightwater.example", ago: 65,
			works: "demo.choice_home", number: "F-031",
			grant: grant{groups: []string{"demo.group_newcomers"}, unit: "demo.unit_lyon"}},
		{first: "Camille", last: "Laurent", login: camille, ago: 30, works: "demo.choice_home",
			grant: grant{roles: []string{"group_admin"}, groups: []string{"demo.group_service"},
				unit: "demo.unit_lille"}},
	},
	progress: []progress{
		{"ines.garnier@brightwater.example", runOf("demo.program_service", "demo.session_first"),
			100, 52},
		{"ines.garnier@brightwater.example",
			runOf("demo.program_service", "demo.session_second"), 15, 0},
	},
	invitations: []demoInvitation{
		{email: "theo.roussel@brightwater.example", first: "Théo", last: "Roussel",
			message: "demo.message",
			grant:   grant{groups: []string{"demo.group_newcomers"}, unit: "demo.unit_lille"}},
		{email: "manon.faure@partner.example", first: "Manon", last: "Faure", by: camille, ago: 3,
			linkOnly: true,
			grant:    grant{groups: []string{"demo.group_service"}}},
		// Somebody of the academy: an account in another workspace of the organization (INV-3).
		{email: noah, by: camille, grant: grant{groups: []string{"demo.group_newcomers"}}},
		{email: "paul.marchand@partner.example", first: "Paul", last: "Marchand", ago: 20,
			linkOnly: true, fate: expired},
		{email: "lucie.blanc@brightwater.example", first: "Lucie", last: "Blanc", ago: 12,
			linkOnly: true, fate: cancelled},
	},
}
