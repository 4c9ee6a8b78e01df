package pages

import (
	"strings"
)

// pageForm is what a page asks, and its button.
type pageForm struct {
	ID      string
	Action  string
	Act     string // what the button says it does, where a page has several forms
	Text    []string
	Hidden  []hiddenField
	Fields  []formField
	Button  string
	Quiet   bool   // not the page's main thing
	Summary string // of a folded form: what one opens it by
	problem string // what is wrong, if it is at no field
}

type hiddenField struct{ Name, Value string }

// formField is one question. Its name is also its id on the page.
type formField struct {
	Name, Label, Hint string
	Type              string // of the input element; or select, radio
	Autocomplete      string // WCAG 2.2, 1.3.5: what the browser may fill in
	Value             string
	Choices           []fieldChoice
	ReadOnly          bool
	Error             string
	Show, Hide        string // on the button of a password
	missingText       string // what to say when there is no answer; empty where none is needed
}

type fieldChoice struct{ Value, Label string }

// formError is one line of the summary on top, with the field that it leads to.
type formError struct{ Field, Text string }

// newForm makes the main form of this page.
func (v *visit) newForm(button string, fields ...formField) *pageForm {
	return &pageForm{ID: "form", Action: v.currentPath(""), Button: v.t(button), Fields: fields}
}

// passwordField makes the field of a password: the present one, or a new one.
func (v *visit) passwordField(name, label, autocomplete string) formField {
	f := formField{
		Name: name, Label: v.t(label), Type: "password", Autocomplete: autocomplete,
		Show: v.t("password_show"), Hide: v.t("password_hide"),
		missingText: v.t("password_missing"),
	}
	if autocomplete == "new-password" {
		f.Hint = v.t("password_hint")
	}
	return f
}

// fillAnswers puts what was sent into the fields. A password never goes back to the page it came
// from.
func (f *pageForm) fillAnswers(v *visit) {
	for i := range f.Fields {
		x := &f.Fields[i]
		if sent, there := v.r.PostForm[x.Name]; there && x.Type != "password" && !x.ReadOnly {
			x.Value = sent[0]
		}
	}
}

// requireAnswers names every field that needs an answer and got none, so that nobody learns of them
// one by one.
func (f *pageForm) requireAnswers(v *visit) bool {
	whole := true
	for i := range f.Fields {
		x := &f.Fields[i]
		if x.missingText != "" && strings.TrimSpace(v.r.PostForm.Get(x.Name)) == "" {
			x.Error, whole = x.missingText, false
		}
	}
	return whole
}

// setFieldError says what is wrong at a field of the verb's input; on top alone where the page does
// not ask for it.
func (f *pageForm) setFieldError(name, sentence string) {
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

func (f *pageForm) listErrors() []formError {
	var list []formError
	if f.problem != "" {
		list = append(list, formError{Text: f.problem})
	}
	for _, x := range f.Fields {
		if x.Error != "" {
			list = append(list, formError{x.Name, x.Error})
		}
	}
	return list
}
