// Package inputs validates values of input: names, texts, languages and answers. It also applies
// edits, in which an absent field keeps its value.
package inputs
