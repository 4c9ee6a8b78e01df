// Package apikey holds the verbs on API keys (PAR-1): create, change, rotate, revoke, and the check of
// the secret that a request brings.
//
// A key belongs to a workspace and holds permissions at places, as a role assignment does. It never
// holds more than the member who saved it last held then, and cannot manage keys itself: a stolen key
// makes no further ones. The secret is shown once; the row holds its SHA-256.
package apikey
