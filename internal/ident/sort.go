package ident

import (
	"bytes"
	"slices"
)

// SortDistinct lists each id once, in ascending order. Transactions that lock rows in this order
// never wait for each other in a circle.
func SortDistinct(ids []ID) []ID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}
