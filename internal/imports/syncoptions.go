package imports

import (
	"strconv"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/i18n"
	files "usher/internal/importfile"
	"usher/internal/inputs"
)

// SyncInput makes an import keep members in step with another system (BAT-2). Such an import always
// updates.
type SyncInput struct {
	Source        *string      // name of the other system; needed for Mirror
	Mirror        *bool        // members of the source whom the file does not hold are deactivated
	Replace       []SyncColumn // columns whose values replace those of the member
	ReactivateAll *bool        // also members whom a person deactivated come back
}

// SyncColumn is a column whose values can replace those of a member. The values are part of the
// public API.
type SyncColumn string

// The columns that can replace. An empty cell then means none.
const (
	SyncGroups  SyncColumn = "GROUPS"
	SyncRoles   SyncColumn = "ROLES"
	SyncLabels  SyncColumn = "LABELS"
	SyncOrgUnit SyncColumn = "ORG_UNIT"
)

// syncColumns are the columns of a file, as the options store them, by their names in the API.
var syncColumns = map[SyncColumn]files.Name{SyncGroups: files.Groups, SyncRoles: files.Roles,
	SyncLabels: files.Labels, SyncOrgUnit: files.OrgUnit}

// maxSource is the maximum length of the name of a source, in characters.
const maxSource = 64

// validate returns the options in stored form; nil for an import that is no sync.
func (in *SyncInput) validate() (*schema.SyncOptions, error) {
	if in == nil {
		return nil, nil
	}
	var faults fault.Collector
	o := &schema.SyncOptions{Mirror: in.Mirror != nil && *in.Mirror,
		ReactivateAll: in.ReactivateAll != nil && *in.ReactivateAll}
	var err error
	if in.Source != nil {
		o.Source, err = inputs.ParseName("sync.source", *in.Source, maxSource, "import.source")
		faults.Add(err)
	} else if o.Mirror {
		faults.Add(fault.Input("sync.source", "import.mirror_no_source"))
	}
	for i, column := range in.Replace {
		// The schema allows no other value, but the command line has a list of its own.
		name, known := syncColumns[column]
		if !known {
			faults.Add(fault.Input("sync.replace."+strconv.Itoa(i), "import.replace_unknown"))
		}
		o.Replace = append(o.Replace, string(name))
	}
	return o, faults.Err()
}

// Sync returns the options of a sync in the form of the API; nil for any other import.
func syncOptionsOf(b *ent.ImportBatch) *SyncOptions {
	o := b.Options.Sync
	if o == nil {
		return nil
	}
	out := &SyncOptions{Source: inputs.NilIfEmpty(o.Source), Mirror: o.Mirror,
		ReactivateAll: o.ReactivateAll, Replace: []SyncColumn{}, LeaverLimit: o.LeaverLimit}
	// In the order of the enum, whatever the order in which they were given.
	for _, column := range []SyncColumn{SyncGroups, SyncRoles, SyncLabels, SyncOrgUnit} {
		if replaces(b, syncColumns[column]) {
			out.Replace = append(out.Replace, column)
		}
	}
	return out
}

// SyncOptions are the options of a sync, as the API shows them.
type SyncOptions struct {
	Source        *string
	Mirror        bool
	Replace       []SyncColumn
	ReactivateAll bool
	LeaverLimit   int
}

// replaces tells whether the values of a column replace those of a member.
func replaces(b *ent.ImportBatch, column files.Name) bool {
	if b.Options.Sync == nil {
		return false
	}
	for _, name := range b.Options.Sync.Replace {
		if name == string(column) {
			return true
		}
	}
	return false
}

// requireSyncColumns refuses a file without a column that the sync needs. Without its column,
// REPLACE would take everything from everybody.
func requireSyncColumns(o *schema.SyncOptions, columns []files.Column) error {
	// A column that is left out counts as missing.
	has := map[files.Name]bool{}
	for _, c := range columns {
		has[c.Name] = true
	}
	if o.Mirror && !has[files.ExternalID] {
		return fault.Input("file", "import.mirror_no_ids")
	}
	for _, name := range o.Replace {
		if !has[files.Name(name)] {
			return fault.Input("file", "import.replace_no_column", i18n.Args{"Name": name})
		}
	}
	return nil
}

// requireConfirmed refuses to start a sync that deactivates more people than its limit, unless the
// caller names the previewed number. CONFLICT at confirmedLeavers.
func requireConfirmed(b *ent.ImportBatch, confirmed *int) error {
	o := b.Options.Sync
	// The exact number: a preview that has changed since must be looked at again.
	if o == nil || b.DeactivateCount <= o.LeaverLimit ||
		confirmed != nil && *confirmed == b.DeactivateCount {
		return nil
	}
	return fault.At(fault.New(fault.Conflict, "import.too_many_leavers",
		i18n.Args{"Count": b.DeactivateCount, "Limit": o.LeaverLimit}), "confirmedLeavers")
}

// hasChanged tells whether a completed import changed or refused anything.
func hasChanged(t *outcomeCounts) bool {
	for outcome, n := range t.byOutcome {
		if outcome != RowUnchanged && n > 0 {
			return true
		}
	}
	return false
}

// isQuietSync tells whether an import is a sync that found everybody in step: nobody is emailed
// about it every night.
func isQuietSync(b *ent.ImportBatch, t *outcomeCounts) bool {
	return b.Options.Sync != nil && b.Status == importbatch.StatusRunning && !hasChanged(t)
}
