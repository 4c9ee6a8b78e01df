package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/i18n"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/spreadsheet"
)

// OptionsInput holds the options of an import, besides what its rows get.
type OptionsInput struct {
	Columns       []*ColumnInput // what columns of the file hold
	IgnoreUnknown bool           // unknown columns are left out instead of refused
	DateOrder     DateOrder      // empty: DayFirst
	Message       *string        // of the invitation emails; at most 2,000 characters
	ExpiresAt     *time.Time     // end of the invitations; nil for the workspace's default
	NeverExpires  *bool
	SendEmail     *bool // nil means true
	Sync          *SyncInput
}

// DateOrder is the order of day and month in dates such as 3/4/2026. The values are part of the public
// API.
type DateOrder string

// The orders of day and month.
const (
	DayFirst   DateOrder = "DAY_FIRST"
	MonthFirst DateOrder = "MONTH_FIRST"
)

// ColumnInput says what a column of a file holds.
type ColumnInput struct {
	Column string  // header or letter
	Name   *string // "email", "customFields.size"; nil to leave the column out
}

// Options are the options that an import was created with.
type Options struct {
	Message              *string
	ExpiresAt            *time.Time
	NeverExpires         bool
	SendEmail            bool
	IgnoreUnknownColumns bool
	DateOrder            DateOrder
	Sync                 *SyncOptions
}

// OptionsOf returns the options of an import.
func OptionsOf(b *ent.ImportBatch) *Options {
	o, order := b.Options, DayFirst
	if o.MonthFirst {
		order = MonthFirst
	}
	return &Options{Message: inputs.NilIfEmpty(o.Message), ExpiresAt: o.ExpiresAt,
		NeverExpires: o.NeverExpires, SendEmail: !o.NoEmail, IgnoreUnknownColumns: o.IgnoreUnknown,
		DateOrder: order, Sync: syncOptionsOf(b)}
}

// validate returns the options in stored form. Errors: BAD_USER_INPUT with every fault.
func (in *OptionsInput) validate(w *ent.Workspace, fields []files.Field,
	now time.Time) (schema.ImportOptions, error) {
	var faults fault.Collector
	message, err := inputs.ParseText("message", in.Message, inputs.MaxMessage)
	faults.Add(err)
	// The rules of inviteUsers. The end is kept, since the import may run on another day.
	lifetime, err := invitation.ChooseLifetime(w, in.ExpiresAt, in.NeverExpires, now)
	faults.Add(err)
	o := schema.ImportOptions{Message: message, IgnoreUnknown: in.IgnoreUnknown,
		NeverExpires: in.NeverExpires != nil && *in.NeverExpires,
		NoEmail:      in.SendEmail != nil && !*in.SendEmail,
		MonthFirst:   in.DateOrder == MonthFirst}
	if in.ExpiresAt != nil && err == nil {
		o.ExpiresAt = lifetime.End()
	}
	o.Choices, err = validateChoices(in.Columns, fields)
	faults.Add(err)
	o.Sync, err = in.Sync.validate()
	faults.Add(err)
	return o, faults.Err()
}

// validateChoices returns the chosen columns in stored form. Whether the file has them shows when it
// is read.
func validateChoices(in []*ColumnInput, fields []files.Field) ([]schema.ImportChoice, error) {
	var faults fault.Collector
	if len(in) > spreadsheet.MaxColumns {
		return nil, fault.Input("columns", "import.too_many_choices",
			i18n.Args{"Max": spreadsheet.MaxColumns})
	}
	var choices []schema.ImportChoice
	for i, c := range in {
		path := "columns." + strconv.Itoa(i)
		choice := schema.ImportChoice{Column: strings.TrimSpace(c.Column)}
		if choice.Column == "" || len(choice.Column) > files.MaxHeader {
			faults.Add(fault.Input(path+".column", "import.choice_column"))
		}
		if c.Name != nil {
			name, key, known := files.ParseColumn(*c.Name, fields)
			if !known {
				faults.Add(fault.Input(path+".name", "import.choice_name",
					i18n.Args{"List": listColumnPaths(fields)}))
			}
			choice.Name, choice.Key = string(name), key
		}
		choices = append(choices, choice)
	}
	return choices, faults.Err()
}

// listColumnPaths lists what a column can hold, for a message.
func listColumnPaths(fields []files.Field) string {
	var paths []string
	for _, name := range files.ColumnNames() {
		if name != files.CustomField {
			paths = append(paths, string(name))
		}
	}
	for _, f := range fields {
		paths = append(paths, string(files.CustomField)+"."+f.Key)
	}
	return strings.Join(paths, ", ")
}

// readOptions returns how the file of an import is read. recall is asked for the choices of an
// earlier import if this one has none.
func readOptions(b *ent.ImportBatch, fields []files.Field,
	recall func(layout string) []schema.ImportChoice) files.Options {
	o := files.Options{
		Fields: fields, Header: files.HeaderOption(b.Header), Choices: toChoices(b.Options.Choices),
		ExactPasswords: b.Source == importbatch.SourceRows, MonthFirst: b.Options.MonthFirst,
		Active: b.Options.Sync != nil || b.Source == importbatch.SourceRows,
	}
	if b.Options.IgnoreUnknown {
		o.Unknown = files.UnknownIgnore
	}
	// The rows of a request have the names of the API.
	if b.Source != importbatch.SourceRows {
		o.Recall = func(layout string) []files.ColumnChoice { return toChoices(recall(layout)) }
	}
	return o
}

func toChoices(stored []schema.ImportChoice) []files.ColumnChoice {
	var choices []files.ColumnChoice
	for _, c := range stored {
		choices = append(choices,
			files.ColumnChoice{Column: c.Column, Name: files.Name(c.Name), Key: c.Key})
	}
	return choices
}

// hashLayout returns the stored form of a layout; nil for a file without a header.
func hashLayout(layout string) *string {
	if layout == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(layout))
	hash := hex.EncodeToString(sum[:])
	return &hash
}

// recallChoices returns the choices of the latest previewed import of the workspace with a layout.
// A choice of a custom field that is gone is left out, so its header decides again.
func recallChoices(ctx context.Context, db *ent.Client, fields []files.Field,
	layout string) ([]schema.ImportChoice, error) {
	b, err := db.ImportBatch.Query().Where(importbatch.LayoutEQ(*hashLayout(layout))).
		Order(ent.Desc(importbatch.FieldID)).Select(importbatch.FieldOptions).First(ctx)
	if err != nil {
		return nil, inputs.IgnoreMissing(err)
	}
	var choices []schema.ImportChoice
	for _, c := range b.Options.Choices {
		if c.Key != "" {
			if _, _, known := files.ParseColumn(c.Name+"."+c.Key, fields); !known {
				continue
			}
		}
		choices = append(choices, c)
	}
	return choices, nil
}

// rememberedChoices returns what the next file with this layout is read by: the choices of this
// import, and its unknown columns as left out.
func rememberedChoices(used []schema.ImportChoice, columns []files.Column) []schema.ImportChoice {
	choices := used
	for _, c := range columns {
		if c.IsUnknown() {
			choices = append(choices, schema.ImportChoice{Column: c.Header})
		}
	}
	return choices
}
