package imports

import (
	"net/url"
	"strings"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/secret"
)

// signatureParameter is the query parameter that holds the signature of a download.
const signatureParameter = "signature"

// downloadLifetime is how long a signed URL works: long enough for a click, short for a URL that
// stays in a history.
const downloadLifetime = 10 * time.Minute

// SignReportURL returns the URL of an import's report, signed for the caller.
func (s *Service) SignReportURL(by *access.Caller, b *ent.ImportBatch) string {
	return s.signURL(by, s.PublicURL.JoinPath("imports", b.ID.String(), "report.csv"))
}

// SignRejectedURL returns the URL of an import's rejected rows, signed for the caller.
func (s *Service) SignRejectedURL(by *access.Caller, b *ent.ImportBatch) string {
	return s.signURL(by, s.PublicURL.JoinPath("imports", b.ID.String(), "rejected.csv"))
}

// SignURL returns the URL of a path below USHER_PUBLIC_URL, signed for the caller.
func (s *Service) SignURL(by *access.Caller, path ...string) string {
	return s.signURL(by, s.PublicURL.JoinPath(path...))
}

// SignWorkspaceURL returns the URL of a file of a workspace, signed for the caller: "members.csv",
// "groups.csv" or "imports/template.xlsx". Without a locale the request that downloads decides.
// query holds further parameters of the file.
func (s *Service) SignWorkspaceURL(by *access.Caller, workspace ident.ID,
	file, locale string, query url.Values) string {
	u := s.PublicURL.JoinPath(file)
	if query == nil {
		query = url.Values{}
	}
	query.Set("workspace", workspace.String())
	if locale != "" {
		query.Set("lang", locale)
	}
	u.RawQuery = query.Encode()
	return s.signURL(by, u)
}

// signURL adds a signature that works without a header for downloadLifetime. An API key has no
// user to whom a URL could be bound: it sends its header to the plain URL.
func (s *Service) signURL(by *access.Caller, u *url.URL) string {
	if by.UserID.IsZero() {
		return u.String()
	}
	query := u.Query()
	// Whole minutes, so that a page that is loaded again shows the same URLs and caches hold.
	ends := s.Clock().Truncate(time.Minute).Add(downloadLifetime)
	query.Set(signatureParameter, s.Keys.SignLink(secret.Claim{Purpose: secret.Download,
		ID: by.UserID, ExpiresAt: ends,
		Binding: s.downloadBinding(u)}).Reveal())
	u.RawQuery = query.Encode()
	return u.String()
}

// VerifyURL returns the user for whom the URL of a download was signed; false for a URL without a
// signature, with a wrong one, or that has expired.
//
// Security: the signature says who the caller is and nothing about what they may do. The caller
// loads the user's rights, and the verb checks them as it does for a token.
func (s *Service) VerifyURL(u *url.URL) (ident.ID, bool) {
	query := u.Query()
	link, err := s.Keys.ParseLink(query.Get(signatureParameter), secret.Download)
	if err != nil || link.IsExpired(s.Clock()) ||
		!s.Keys.VerifyLink(link, s.downloadBinding(u)...) {
		return ident.ID{}, false
	}
	return link.ID, true
}

// HasSignature reports whether a URL claims to be signed.
func HasSignature(u *url.URL) bool { return u.Query().Has(signatureParameter) }

// downloadBinding returns what a signature holds for: the path below USHER_PUBLIC_URL and the
// parameters.
func (s *Service) downloadBinding(u *url.URL) []string {
	query := u.Query()
	query.Del(signatureParameter)
	path := strings.TrimPrefix(u.Path, strings.TrimSuffix(s.PublicURL.Path, "/"))
	// url.JoinPath leaves the slash out if the URL is a host alone.
	return []string{strings.TrimPrefix(path, "/"), query.Encode()}
}
