package inputs

// Limits of one grant and of texts.
const (
	MaxPlaces         = 100   // groups, sessions, programs, each
	MaxRoles          = 20    //
	MaxLabels         = 50    //
	MaxLabel          = 100   // characters
	MaxAdditionalInfo = 5_000 // characters
	maxName           = 200   // characters of a first or last name
	MaxMessage        = 2_000 // characters of a personal message
)
