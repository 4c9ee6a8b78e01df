// Package jsonscan finds values in a JSON text without decoding them.
//
// It is for texts that anybody may send: skipping a value takes no memory, whatever its length. It
// does not validate. A caller that uses a value validates the whole text first.
package jsonscan
