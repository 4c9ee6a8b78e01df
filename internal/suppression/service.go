package suppression

import "usher/internal/admission"

// Service holds the operations on suppressions.
type Service struct{ admission.Deps }

// New returns the service.
func New(d admission.Deps) *Service { return &Service{Deps: d} }
