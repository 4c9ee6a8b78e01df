package importfile

import (
	"fmt"
	"strings"
	"testing"
)

// describe writes what a row says about a person.
func describe(r Row) string {
	text := fmt.Sprintf("%s|%s|%s", r.FirstName, r.LastName, r.Email)
	for _, part := range []struct{ name, value string }{
		{"user", r.Username}, {"locale", r.Locale}, {"unit", r.OrgUnit},
		{"groups", strings.Join(r.Groups, "+")}, {"labels", strings.Join(r.Labels, "+")},
		{"roles", strings.Join(r.Roles, "+")}, {"sessions", strings.Join(r.Sessions, "+")},
		{"info", r.AdditionalInfo}, {"password", r.Password.Reveal()},
	} {
		if part.value != "" {
			text += " " + part.name + "=" + part.value
		}
	}
	if !r.AccessExpiresAt.IsZero() {
		text += " until=" + r.AccessExpiresAt.Time.Format(isoDate)
	}
	for _, e := range r.Errors {
		text += " error=" + e.Err.Message.Key
	}
	return text
}

// The files have the headers of the programs that vocabulary.txt names; the people are invented.
func TestExportsOfKnownProgramsAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"Outlook": {"Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business City,Home Phone,Mobile Phone,Categories,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Notes,Web Page\n" +
			"Dr,Ada,Byron,Lovelace,,Analytic Ltd,Engines,Analyst,1 Road,London,1,2,Friends,ada@x.test,SMTP,Ada Lovelace (ada@x.test),second@x.test,met in May,\n",
			"Ada|Lovelace|ada@x.test unit=Engines labels=Friends info=met in May"},
		"Outlook, French": {"Titre;Prénom;Deuxième prénom;Nom;Société;Service;Rue (bureau);Tél. mobile;Catégories;Adresse de messagerie;Type de messagerie;Nom complet de l'adresse de messagerie\n" +
			"Mme;Zoé;;Dupré;Acme;Achats;1 rue;06;;zoe@x.test;SMTP;Zoé Dupré\n",
			"Zoé|Dupré|zoe@x.test unit=Achats"},
		"Microsoft 365": {"Block credential,City,Country/Region,Department,DirSyncEnabled,Display name,Fax,First name,Last dirsync time,Last name,Licenses,Mobile Phone,Object Id,Office,Password never expires,Phone number,Postal code,Preferred data location,Preferred language,Proxy addresses,State,Street address,Title,Usage location,User principal name,When created\n" +
			"False,Paris,FR,Sales,,Ada Lovelace,,Ada,,Lovelace,E3,,0b5c,,False,,,,fr-FR,SMTP:ada@x.test,,,CEO,FR,ada@x.test,2024-01-02\n",
			"Ada|Lovelace|ada@x.test locale=fr unit=Sales"},
		"Entra, invitations": {"version:v1.0,,,\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\n" +
			"ada@x.test,https://app.x.test,TRUE,Welcome\n", "||ada@x.test"},
		"Entra, new users": {"version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle],Department [department],Usage location [usageLocation]\n" +
			"Ada L.,ada@x.test,Sup3r-secret-word,No,Ada,Lovelace,Analyst,Engines,GB\n",
			"Ada|Lovelace|ada@x.test unit=Engines password=Sup3r-secret-word"},
		"Entra, attributes": {"userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,physicalDeliveryOfficeName,city,postalCode,telephoneNumber,mobile,alternateEmailAddress,ageGroup,companyName,creationType,directorySynced,invitationState,createdDateTime\n" +
			"ada_x.test#EXT#@corp.test,Ada Lovelace,Lovelace,ada@x.test,Ada,1,Member,,Engines,true,,,,,,,,,,,,,,,,\n",
			"Ada|Lovelace|ada@x.test unit=Engines"},
		"Google Workspace": {"First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Recovery Email,Home Secondary Email,Work Phone,Employee ID,Employee Type,Manager Email,Department,Cost Center,Building ID,Change Password at Next Sign-In,New Status [UPLOAD ONLY]\n" +
			"Ada,Lovelace,ada@x.test,Sup3r-secret-word,,/Staff/Teachers,,,,,7,,,Maths,,,TRUE,\n",
			"Ada|Lovelace|ada@x.test unit=/Staff/Teachers password=Sup3r-secret-word"},
		"Google Workspace, hashed": {"First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required]\n" +
			"Ada,Lovelace,ada@x.test,5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8,SHA-1,/Staff\n",
			"Ada|Lovelace|ada@x.test unit=/Staff password=5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8 error=importfile.cell_password_hash"},
		"Google Contacts": {"First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted\n" +
			"Ada,,Lovelace,,,,,,Analytic,,Engines,,,,Friends,* Home,ada@x.test,Work,b@x.test,Mobile,1,,\n",
			"Ada|Lovelace|ada@x.test unit=Engines labels=Friends"},
		"Thunderbird": {"First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,Fax Number,Home Address,Home City,Work Title,Work Department,Organization,Web Page 1,Birth Year,Custom 1,Notes\n" +
			"Ada,Lovelace,Ada L.,,ada@x.test,,,,,,,,,,,,,,\n", "Ada|Lovelace|ada@x.test"},
		"Okta": {"login,firstName,lastName,middleName,honorificPrefix,email,title,displayName,nickName,profileUrl,secondEmail,mobilePhone,primaryPhone,streetAddress,city,state,zipCode,countryCode,postalAddress,preferredLanguage,locale,timezone,userType,employeeNumber,costCenter,organization,division,department,managerId,manager\n" +
			"ada@x.test,Ada,Lovelace,,,ada@x.test,,,,,,,,,,,,,,,en_US,,,,,,,Engines,,\n",
			"Ada|Lovelace|ada@x.test locale=en unit=Engines"},
		"LDAP": {"dn;cn;sn;givenName;mail;uid;ou;telephoneNumber;objectClass\n" +
			"uid=ada,ou=people;Ada Lovelace;Lovelace;Ada;ada@x.test;ada;Engines;1;inetOrgPerson\n",
			"Ada|Lovelace|ada@x.test user=ada unit=Engines"},
		"Moodle": {"username,password,firstname,lastname,email,course1,role1,cohort1,institution,department,lang,auth,idnumber,city,country,timezone,profile_field_badge\n" +
			"ada,Sup3r-secret-word,Ada,Lovelace,ada@x.test,M1,student,c,,Maths,fr,manual,1,Paris,FR,99,7\n",
			"Ada|Lovelace|ada@x.test user=ada locale=fr unit=Maths password=Sup3r-secret-word"},
		"Canvas": {"user_id,integration_id,login_id,password,first_name,last_name,full_name,sortable_name,short_name,email,status\n" +
			"u1,,ada@x.test,,Ada,Lovelace,Ada Lovelace,\"Lovelace, Ada\",Ada,ada@x.test,active\n",
			"Ada|Lovelace|ada@x.test"},
		"OneRoster": {"sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n" +
			"1,,,true,s1,learner,ada,,Ada,Lovelace,,9,ada@x.test,,,,08,\n",
			"Ada|Lovelace|ada@x.test user=ada roles=learner"},
		"Clever": {"School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Grade,Gender,DOB,Race,Home_language,Student_email,Contact_name,Contact_phone,Username\n" +
			"1,2,3,4,Lovelace,,Ada,8,F,1/2/2012,,en,ada@x.test,Byron,1,ada8\n",
			"Ada|Lovelace|ada@x.test user=ada8"},
		"Chamilo": {"LastName;FirstName;Email;UserName;Password;AuthSource;OfficialCode;PhoneNumber;Status;ExpiryDate;Active;Language;Courses;Sessions;ClassId\n" +
			"Lovelace;Ada;ada@x.test;ada;Sup3r-secret-word;platform;7;1;user;2027-01-31;1;english;C1;Spring;\n",
			"Ada|Lovelace|ada@x.test user=ada locale=en sessions=Spring password=Sup3r-secret-word until=2027-01-31"},
		"TalentLMS": {"Login,Firstname,Lastname,Email,Password,User-type,Bio,Timezone,Language,Credits,Active,Deactivation date,Group,Branch,Course\n" +
			"ada,Ada,Lovelace,ada@x.test,,Learner,,,en,0,yes,31/01/2027,North,Europe,\n",
			"Ada|Lovelace|ada@x.test user=ada locale=en unit=Europe groups=North until=2027-01-31"},
		"Slack": {"username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname,expiration-timestamp\n" +
			"ada,ada@x.test,Member,1,0,0,U1,Ada Lovelace,Countess,\n", "Ada|Lovelace|ada@x.test user=ada"},
		"Mailchimp": {"Email Address,First Name,Last Name,Address,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LATITUDE,GMTOFF,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n" +
			"ada@x.test,Ada,Lovelace,,,2,,,,,,,,,1,2,,new\n", "Ada|Lovelace|ada@x.test labels=new"},
		"WordPress": {"ID,user_login,user_email,user_nicename,display_name,first_name,last_name,user_registered\n" +
			"1,ada,ada@x.test,ada,Ada L.,Ada,Lovelace,2024\n", "Ada|Lovelace|ada@x.test user=ada"},
		"Pronote": {"NOM;PRENOM;Né(e) le;Sexe;Classe de rattachement;Régime;E-mail\n" +
			"LOVELACE;Ada;1/2/2012;F;6A;Externe;ada@x.test\n", "Ada|LOVELACE|ada@x.test groups=6A"},
		"one column of names": {"Full Name,Email,Phone\n\"Lovelace, Ada\",ada@x.test,1\n",
			"Ada|Lovelace|ada@x.test"},
		"one column of names, French": {"Nom complet;Courriel\nZoé Dupré;zoe@x.test\n",
			"Zoé|Dupré|zoe@x.test"},
		"a name beside a first name": {"Name,First name,Email\nLovelace,Ada,ada@x.test\n",
			"Ada|Lovelace|ada@x.test"},
		"a company instead of a name": {"Name,Email\nAnalytic Engines Ltd,info@x.test\n",
			"||info@x.test"},
		"two columns of labels": {"Email,Tags,Labels\nada@x.test,new,north|south\n",
			"||ada@x.test labels=new+north+south"},
		"numbered rows": {"#,Email,Work notes\n1,ada@x.test,x\n", "||ada@x.test"},
	} {
		rows, err := all([]byte(c.in))
		if err != nil || len(rows) != 1 || describe(rows[0]) != c.want {
			t.Errorf("%s: %v %v\nwant %s", name, rows, err, c.want)
			if len(rows) == 1 {
				t.Log(describe(rows[0]))
			}
		}
	}
}

func TestColumnsLeftOutAreNamed(t *testing.T) {
	t.Parallel()
	r, err := openBytes([]byte("Email,Phone,Fax,First name\nada@x.test,1,2,Ada\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Reading().Warnings; len(got) != 1 ||
		!strings.Contains(got[0].In("en"), "B (Phone), C (Fax)") {
		t.Errorf("%v", got)
	}
}

func TestAColumnOfACustomFieldIsNeverLeftOut(t *testing.T) {
	t.Parallel()
	rows := mustRead(t, []byte("Email,Phone\nada@x.test,0123\n"), Field{Key: "phone", Name: "Phone"})
	if rows[0].Fields["phone"] != "0123" {
		t.Errorf("%+v", rows)
	}
}

func TestAPasswordInAColumnThatIsLeftOutIsHidden(t *testing.T) {
	t.Parallel()
	r := mustRead(t, []byte("email,ssha_password,Password Hash Function\nada@x.test,onlyletters,\n"))[0]
	for _, cell := range r.Cells {
		if strings.Contains(cell, "onlyletters") {
			t.Errorf("%q", r.Cells)
		}
	}
}

func TestEachHeaderOfTheVocabularyIsFound(t *testing.T) {
	t.Parallel()
	v := newVocabulary(nil, nil)
	seen := map[string]Name{}
	for _, h := range vocabularyHeaders() {
		known := h.name == Ignored
		for _, k := range knownColumns {
			known = known || k.name == h.name
		}
		if !known {
			t.Errorf("%s: there is no column %s", h.text, h.name)
		}
		text := strings.NewReplacer("#", "7", "*", "x").Replace(h.text)
		if _, ok := v.lookUp(text); !ok {
			t.Errorf("%s is not found", text)
		}
		if f := foldHeader(h.text); seen[f] != "" && seen[f] != h.name &&
			!strings.ContainsAny(h.text, "#*") {
			t.Logf("%s means %s, and %s further down, which never counts", h.text, seen[f], h.name)
		} else {
			seen[f] = h.name
		}
	}
}
