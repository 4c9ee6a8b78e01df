package pages

import (
	"strings"
)

// pageForm is an HTML form: hidden values, fields and one button.
type pageForm struct {
	ID      string
	Action  string
	Act     string // value of the button, which tells the forms of one page apart
	Text    []string
	Hidden  []hiddenField
	Fields  []formField
	Button  string
	Beside  string // a short note beside the button
	Label   string // of the button for screen readers, where the button alone says too little
	Quiet   bool   // a secondary action, shown as a plain button
	Summary string // of a folded form: the text that opens it
	problem string // the error that belongs to no field
}

// hiddenField carries a value from one page to the next, since pages keep no state between
// requests.
type hiddenField struct{ Name, Value string }

// formField is one input with its label. Name is also its id in the document.
type formField struct {
	Name, Label, Hint string
	Type              string // type of the input element, or "select", "radio" or "checkbox"
	Autocomplete      string // autofill token of HTML (WCAG 2.2, 1.3.5)
	Value             string
	Choices           []fieldChoice
	LabelParts        []pageLink // a label with links; Label is their text
	ReadOnly          bool
	Capitals          bool // a code of capitals: phones begin with them and correct nothing
	Error             string
	Show, Hide        string // labels of the button that shows the password
	// name of the field whose username needs this field; scripts hide it beside an address
	UsernameIn string
	// the first and the last of fields that stand beside each other
	BeginsPair, EndsPair bool
	missingText          string // error when the field is empty; "" for an optional field
}

// fieldChoice is one option of a list or of radio buttons.
type fieldChoice struct{ Value, Label string }

// formError is one line of the error summary, with the id of the field that it links to.
type formError struct{ Field, Text string }

// newForm returns the main form of this page, with a button of the given message key.
func (v *visit) newForm(button string, fields ...formField) *pageForm {
	return &pageForm{ID: "form", Action: v.currentPath(""), Button: v.t(button), Fields: fields}
}

// passwordField returns an input for the current or a new password; autocomplete tells which.
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

// fillAnswers copies the submitted values into the fields. Security: passwords are never sent back
// to the browser.
func (f *pageForm) fillAnswers(v *visit) {
	for i := range f.Fields {
		x := &f.Fields[i]
		// Read-only fields hold what the server knows; a changed value is ignored.
		if sent, there := v.r.PostForm[x.Name]; there && x.Type != "password" && !x.ReadOnly {
			x.Value = sent[0]
		}
	}
}

// requireAnswers sets an error at every required field that is empty, all in one response. It
// returns true when there is none.
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

// setFieldError sets the error of the field that the verb names. If the form has no such field, the
// error is shown in the summary only.
func (f *pageForm) setFieldError(name, sentence string) {
	// The verb names custom fields by their path in the input, the form by its own prefix.
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

// HasErrors reports whether the form shows an error. A folded form with an error is opened.
func (f *pageForm) HasErrors() bool { return len(f.listErrors()) > 0 }

// listErrors returns the errors for the summary above the form: first the problem of the form, then
// those of fields in their order, each with a link to its field.
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
