// Package inputs reads what callers send: names, texts, languages and answers, each held to its
// limits, and the changes of an edit, where a field that is absent keeps its value.
package inputs
