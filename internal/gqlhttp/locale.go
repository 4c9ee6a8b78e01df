package gqlhttp

import (
	"context"

	"usher/internal/i18n"
)

// localeKey is the context key of the language of messages.
type localeKey struct{}

// WithLocale returns a context whose request is answered in a language.
func WithLocale(ctx context.Context, l i18n.Locale) context.Context {
	return context.WithValue(ctx, localeKey{}, l)
}

// Locale returns the language of the request, English where nobody set one.
func Locale(ctx context.Context) i18n.Locale {
	if l, ok := ctx.Value(localeKey{}).(i18n.Locale); ok {
		return l
	}
	return i18n.English
}
