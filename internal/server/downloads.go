package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"usher/ent/workspaceexport"
	"usher/graph"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/inbound"
	"usher/internal/lifecycle"
	"usher/internal/scalar"
	"usher/internal/secret"
	"usher/internal/spreadsheet"
)

// downloadFunc calls the verb behind a download with the parameters of the request.
type downloadFunc func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
	*imports.Download, error)

// mountDownloads adds the routes of the downloads. A download accepts an access token like the API,
// the signature of a URL that the API answered, or the session cookie: emails link to reports, and
// a browser sends no token with a link.
func (s *httpServer) mountDownloads(mux *http.ServeMux) {
	ofImport := func(verb func(context.Context, *access.Caller, ident.ID, i18n.Locale) (
		*imports.Download, error)) downloadFunc {
		return func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
			*imports.Download, error) {
			id, err := ident.Parse(r.PathValue("id"))
			if err != nil || id.Kind() != ident.Import {
				// An id that exists nowhere: the verb authenticates first, and then returns
				// NOT_FOUND.
				id = ident.New(ident.Import)
			}
			return verb(ctx, by, id, l)
		}
	}
	ofWorkspace := func(verb func(context.Context, *access.Caller, ident.ID, spreadsheet.Format,
		i18n.Locale) (*imports.Download, error), f spreadsheet.Format) downloadFunc {
		return func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
			*imports.Download, error) {
			w, err := s.Imports.FindWorkspace(ctx, by, r.URL.Query().Get("workspace"))
			if err != nil {
				return nil, err
			}
			return verb(ctx, by, w, f, l)
		}
	}
	mux.Handle("GET /exports/{id}/workspace.zip", s.downloadHandler(func(ctx context.Context,
		by *access.Caller, r *http.Request, _ i18n.Locale) (*imports.Download, error) {
		id, err := ident.Parse(r.PathValue("id"))
		if err != nil {
			id = ident.New(ident.WorkspaceExport) // an id that exists nowhere
		}
		return s.Lifecycle.DownloadExport(ctx, by, id)
	}))
	mux.Handle("GET /card-sheets/{id}/cards.html", s.downloadHandler(s.loadCardSheet))
	mux.Handle("GET /imports/{id}/report.csv", s.downloadHandler(ofImport(s.Imports.Report)))
	mux.Handle("GET /imports/{id}/rejected.csv", s.downloadHandler(ofImport(s.Imports.Rejected)))
	mux.Handle("GET /imports/template.csv",
		s.downloadHandler(ofWorkspace(s.Imports.Template, spreadsheet.CSV)))
	mux.Handle("GET /imports/template.xlsx",
		s.downloadHandler(ofWorkspace(s.Imports.Template, spreadsheet.XLSX)))
	members := func(f spreadsheet.Format) downloadFunc {
		return func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
			*imports.Download, error) {
			return ofWorkspace(func(ctx context.Context, by *access.Caller, w ident.ID,
				f spreadsheet.Format, l i18n.Locale) (*imports.Download, error) {
				which, err := graph.ParseMemberSelection(by, r.URL.Query())
				if err != nil {
					return nil, err
				}
				return s.Imports.ExportMembers(ctx, by, w, f, l, which)
			}, f)(ctx, by, r, l)
		}
	}
	mux.Handle("GET /members.csv", s.downloadHandler(members(spreadsheet.CSV)))
	mux.Handle("GET /members.xlsx", s.downloadHandler(members(spreadsheet.XLSX)))
	history := func(f workspaceexport.Format) http.Handler {
		return s.downloadHandler(func(ctx context.Context, by *access.Caller, r *http.Request,
			l i18n.Locale) (*imports.Download, error) {
			w, err := s.Imports.FindWorkspace(ctx, by, r.URL.Query().Get("workspace"))
			if err != nil {
				return nil, err
			}
			// Without a moment, from the first event on.
			var since *time.Time
			if text := r.URL.Query().Get("since"); text != "" {
				at, err := graph.ParseSince("since", text)
				if err != nil {
					return nil, err
				}
				since = &at
			}
			return s.Lifecycle.ExportHistory(ctx, by, w, f, since, l)
		})
	}
	mux.Handle("GET /history.csv", history(workspaceexport.FormatCSV))
	mux.Handle("GET /history.jsonl", history(workspaceexport.FormatJSONLines))
	mux.Handle("GET /groups.csv",
		s.downloadHandler(ofWorkspace(s.Imports.ExportGroups, spreadsheet.CSV)))
}

// htmlDocument is the format of a document to print.
const htmlDocument spreadsheet.Format = "html"

// loadCardSheet renders cards that were issued together as one document to print.
func (s *httpServer) loadCardSheet(ctx context.Context, by *access.Caller, r *http.Request,
	l i18n.Locale) (*imports.Download, error) {
	id, err := ident.Parse(r.PathValue("id"))
	if err != nil {
		id = ident.New(ident.Card) // an id that exists nowhere
	}
	page, err := s.Cards.RenderSheet(ctx, by, id, l)
	if err != nil {
		return nil, err
	}
	return &imports.Download{Name: i18n.T(l, "card.sheet_file", nil) + ".html", Format: htmlDocument,
		Write: func(w io.Writer) error {
			_, err := io.WriteString(w, page)
			return err
		}}, nil
}

// downloadHandler writes a file, or a text with the error.
func (s *httpServer) downloadHandler(get downloadFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Security: the files hold personal data; neither proxies nor browsers may store them.
		w.Header().Set("Cache-Control", "no-store")
		// A large file may take as long as its client needs. The limit applies to the time without
		// any output.
		progress := inbound.LimitProgress(r.Context(), inbound.TimeLimit)
		defer progress.End()
		r = r.WithContext(progress)
		by, err := s.loadDownloadCaller(w, r)
		l, _ := i18n.Match(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"), by.Locale)
		var d *imports.Download
		if err == nil {
			// The workspace is part of a query, so it may not contain characters that no database
			// stores.
			err = scalar.CheckText("workspace", r.URL.Query().Get("workspace"))
		}
		if err == nil {
			d, err = get(r.Context(), by, r, l)
		}
		if err != nil {
			s.refuseDownload(w, r, err, l)
			return
		}
		w.Header().Set("Content-Type", contentTypes[d.Format])
		w.Header().Set("Content-Disposition",
			mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
		if err := d.Write(progressWriter{w, progress}); err != nil {
			if !errors.Is(context.Cause(progress), context.Canceled) {
				s.recordFailure(progress, "write download", err)
			}
			// A deadline in the past breaks the connection, so that the client does not take a
			// partial file for a complete one.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0))
		}
	})
}

// progressWriter pauses the time limit of a download while the client reads. A client that reads
// nothing for TimeLimit is disconnected.
type progressWriter struct {
	http.ResponseWriter
	progress *inbound.Progress
}

// Write sends a part of a download and gives the client the whole time limit for it again: a slow
// connection may load a large file, a stalled one is ended.
func (w progressWriter) Write(b []byte) (int, error) {
	w.progress.Pause()
	defer w.progress.Resume()
	_ = http.NewResponseController(w.ResponseWriter).
		SetWriteDeadline(time.Now().Add(inbound.TimeLimit))
	return w.ResponseWriter.Write(b)
}

var contentTypes = map[spreadsheet.Format]string{
	spreadsheet.CSV: "text/csv; charset=utf-8",
	lifecycle.ZIP:   "application/zip",
	// https://jsonlines.org names no registered type; this one is in common use.
	lifecycle.JSONLines: "application/jsonl; charset=utf-8",
	htmlDocument:        "text/html; charset=utf-8",
	spreadsheet.XLSX:    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// loadDownloadCaller returns the caller of a download, by a valid access token or API key, by the signature of
// the URL or by the cookie.
// The caller is never nil.
func (s *httpServer) loadDownloadCaller(w http.ResponseWriter,
	r *http.Request) (by *access.Caller, err error) {
	token, given := bearerToken(r)
	switch user, signed := s.Imports.VerifyURL(r.URL); {
	case given && secret.IsAPIKey(token):
		if by, err = s.APIKeys.Authenticate(r.Context(), token, s.clientIP(r)); err == nil {
			err = s.countKeyRequest(w, by)
		}
	case given:
		by, err = s.Accounts.CallerByAccessToken(r.Context(), token)
		if fault.Has(err, fault.Unauthenticated) {
			err = gqlhttp.NewInvalidToken().Because(err)
		}
	case signed:
		// Security: the rights are those of this moment, not of the moment of signing.
		if by, err = s.Accounts.CallerByUserID(r.Context(), user); fault.Has(err, fault.NotFound) {
			err = fault.New(fault.Unauthenticated, "fault.unauthenticated")
		}
	case imports.HasSignature(r.URL):
		return &access.Caller{}, fault.New(fault.Unauthenticated, "report.url_expired")
	default:
		by, err = s.Accounts.CallerByCookie(r.Context(), s.cookies.Token(r))
	}
	if err != nil {
		return &access.Caller{}, err
	}
	if by.MustChange {
		// The verbs refuse it as well; checked here, the response does not depend on the id in the
		// path.
		return by, by.RequireAuthenticated()
	}
	return by, nil
}

// refusalStatuses maps fault codes to HTTP statuses; any other code is 403.
var refusalStatuses = map[fault.Code]int{
	fault.Unauthenticated: http.StatusUnauthorized, fault.NotFound: http.StatusNotFound,
	fault.BadUserInput: http.StatusBadRequest,
	fault.Conflict:     http.StatusConflict, fault.RateLimited: http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Internal:    http.StatusInternalServerError,
}

// refuseDownload writes the error of a download. A browser without a valid sign-in is redirected to
// the sign-in page and back.
func (s *httpServer) refuseDownload(w http.ResponseWriter, r *http.Request, err error,
	l i18n.Locale) {
	f := s.recordFailure(r.Context(), "download", err)
	setRetryAfter(w, f)
	status, listed := refusalStatuses[f.Code]
	if !listed {
		status = http.StatusForbidden
	}
	// A program that sent a token gets a status, a person gets the sign-in page.
	if status == http.StatusUnauthorized {
		if _, program := bearerToken(r); !program && !imports.HasSignature(r.URL) &&
			strings.Contains(r.Header.Get("Accept"),
				"text/html") {
			http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()),
				http.StatusSeeOther)
			return
		}
		gqlhttp.SetChallenge(w, f)
	}
	http.Error(w, f.Message.In(l), status)
}
