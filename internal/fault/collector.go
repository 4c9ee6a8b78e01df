package fault

// Collector gathers the faults of one input, so that a form can mark all of its fields at the same
// time. The zero Collector is empty.
type Collector struct {
	internal error    // the first error that is no fault
	refusal  *Error   // the first fault without a field
	early    bool     // refusal was noted before any fault of a field
	fields   []*Error // faults of fields, in the order in which they were found
}

// Add notes errors and ignores nil. The faults of another Collector are noted one by one.
func (c *Collector) Add(errs ...error) {
	for _, err := range errs {
		if err == nil {
			continue
		}
		f, ok := Of(err)
		switch {
		case !ok && c.internal == nil:
			c.internal = err
		case ok && f.Field != "":
			c.fields = append(c.fields, f.Violations()...)
		case ok && c.refusal == nil:
			c.refusal, c.early = f, len(c.fields) == 0
		}
	}
}

// HasFaults reports whether a fault of a field was noted.
func (c *Collector) HasFaults() bool { return len(c.fields) > 0 }

// Err returns nil when nothing was noted. An internal error, and a refusal that came first, say
// that the input was not read to its end, so they are returned alone. Otherwise the first fault of
// a field is returned; its Violations are all of them.
func (c *Collector) Err() error {
	switch {
	case c.internal != nil:
		return c.internal
	case c.early:
		return c.refusal
	case len(c.fields) > 0:
		first := *c.fields[0]
		first.violations = c.fields
		return &first
	}
	return nil
}

// Violations returns all faults of the input to which this one belongs, itself first. Each of them
// names a field; the list is empty for a fault without one.
func (e *Error) Violations() []*Error {
	switch {
	case len(e.violations) > 0:
		return e.violations
	case e.Field != "":
		return []*Error{e}
	}
	return nil
}
