package store

import "context"

// Step is a part of a transaction that the caller of a verb adds, such as marking a link as used.
// The verb runs it after its own writes. An error of the step rolls everything back.
type Step func(ctx context.Context, tx *Tx) error

// RunSteps runs the added steps of a transaction in their order, up to the first error.
func RunSteps(ctx context.Context, tx *Tx, steps []Step) error {
	for _, step := range steps {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
