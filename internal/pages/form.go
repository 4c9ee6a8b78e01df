package pages

import (
	"strings"
)

// form is what a page asks, and its button.
type form struct {
	ID      string
	Action  string
	Act     string // what the button says it does, where a page has several forms
	Text    []string
	Hidden  []hidden
	Fields  []field
	Button  string
	Quiet   bool   // not the page's main thing
	Summary string // of a folded form: what one opens it by
	problem string // what is wrong, if it is at no field
}

type hidden struct{ Name, Value string }

// field is one question. Its name is also its id on the page.
type field struct {
	Name, Label, Hint string
	Type              string // of the input element; or select, radio
	Autocomplete      string // WCAG 2.2, 1.3.5: what the browser may fill in
	Value             string
	Choices           []choice
	ReadOnly          bool
	Error             string
	Show, Hide        string // on the button of a password
	missing           string // what to say when there is no answer; empty where none is needed
}

type choice struct{ Value, Label string }

// mistake is one line of the summary on top, with the field that it leads to.
type mistake struct{ Field, Text string }

// form makes the main form of this page.
func (v *visit) form(button string, fields ...field) *form {
	return &form{ID: "form", Action: v.here(""), Button: v.t(button), Fields: fields}
}

// password makes the field of a password: the present one, or a new one.
func (v *visit) password(name, label, autocomplete string) field {
	f := field{
		Name: name, Label: v.t(label), Type: "password", Autocomplete: autocomplete,
		Show: v.t("password_show"), Hide: v.t("password_hide"), missing: v.t("password_missing"),
	}
	if autocomplete == "new-password" {
		f.Hint = v.t("password_hint")
	}
	return f
}

// answer puts what was sent into the fields. A password never goes back to the page it came from.
func (f *form) answer(v *visit) {
	for i := range f.Fields {
		x := &f.Fields[i]
		if sent, there := v.r.PostForm[x.Name]; there && x.Type != "password" && !x.ReadOnly {
			x.Value = sent[0]
		}
	}
}

// complete names every field that needs an answer and got none, so that nobody learns of them one
// by one.
func (f *form) complete(v *visit) bool {
	whole := true
	for i := range f.Fields {
		x := &f.Fields[i]
		if x.missing != "" && strings.TrimSpace(v.r.PostForm.Get(x.Name)) == "" {
			x.Error, whole = x.missing, false
		}
	}
	return whole
}

// blame says what is wrong at a field of the verb's input; on top alone where the page does not ask
// for it.
func (f *form) blame(name, sentence string) {
	if key, custom := strings.CutPrefix(name, "customFields."); custom {
		name = answerPrefix + key
	}
	for i := range f.Fields {
		if f.Fields[i].Name == name && !f.Fields[i].ReadOnly {
			f.Fields[i].Error = sentence
			return
		}
	}
	f.problem = sentence
}

func (f *form) mistakes() []mistake {
	var list []mistake
	if f.problem != "" {
		list = append(list, mistake{Text: f.problem})
	}
	for _, x := range f.Fields {
		if x.Error != "" {
			list = append(list, mistake{x.Name, x.Error})
		}
	}
	return list
}
