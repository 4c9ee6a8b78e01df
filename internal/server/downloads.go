package server

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"usher/internal/access"
	"usher/internal/cookie"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/importfile"
	"usher/internal/imports"
	"usher/internal/inbound"
	"usher/internal/scalar"
)

// downloadFunc is the verb behind a download, asked with what the request says.
type downloadFunc func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
	*imports.Download, error)

// mountDownloads puts the files of imports on their paths. They are authorised like the API, or by
// the cookie of the pages: a mail links to a report, and a browser follows a link without a token.
func (s *httpServer) mountDownloads(mux *http.ServeMux) {
	ofImport := func(verb func(context.Context, *access.Caller, ident.ID, i18n.Locale) (
		*imports.Download, error)) downloadFunc {
		return func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
			*imports.Download, error) {
			i, err := ident.Parse(r.PathValue("id"))
			if err != nil || i.Kind() != ident.Import {
				// there is none, and the verb says so in its order: first, who asks
				i = ident.New(ident.Import)
			}
			return verb(ctx, by, i, l)
		}
	}
	ofWorkspace := func(verb func(context.Context, *access.Caller, ident.ID, importfile.Format,
		i18n.Locale) (*imports.Download, error), f importfile.Format) downloadFunc {
		return func(ctx context.Context, by *access.Caller, r *http.Request, l i18n.Locale) (
			*imports.Download, error) {
			w, err := s.Imports.FindWorkspace(ctx, by, r.URL.Query().Get("workspace"))
			if err != nil {
				return nil, err
			}
			return verb(ctx, by, w, f, l)
		}
	}
	mux.Handle("GET /imports/{id}/report.csv", s.downloadHandler(ofImport(s.Imports.Report)))
	mux.Handle("GET /imports/{id}/rejected.csv", s.downloadHandler(ofImport(s.Imports.Rejected)))
	mux.Handle("GET /imports/template.csv",
		s.downloadHandler(ofWorkspace(s.Imports.Template, importfile.CSV)))
	mux.Handle("GET /imports/template.xlsx",
		s.downloadHandler(ofWorkspace(s.Imports.Template, importfile.XLSX)))
	mux.Handle("GET /members.csv",
		s.downloadHandler(ofWorkspace(s.Imports.ExportMembers, importfile.CSV)))
	mux.Handle("GET /members.xlsx",
		s.downloadHandler(ofWorkspace(s.Imports.ExportMembers, importfile.XLSX)))
	mux.Handle("GET /groups.csv",
		s.downloadHandler(ofWorkspace(s.Imports.ExportGroups, importfile.CSV)))
}

// downloadHandler answers with a file, or with a sentence that says why not.
func (s *httpServer) downloadHandler(get downloadFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Security: files of people; no proxy and no browser keeps them.
		w.Header().Set("Cache-Control", "no-store")
		// A large file takes as long as its client lets it. What is limited is how long we work
		// without sending anything.
		progress := inbound.LimitProgress(r.Context(), inbound.TimeLimit)
		defer progress.End()
		r = r.WithContext(progress)
		by, err := s.loadDownloadCaller(r)
		l, _ := i18n.Match(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"), by.Locale)
		var d *imports.Download
		if err == nil {
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
			// Half a file must not look like a whole one: past its deadline the answer cannot be
			// ended properly, and the client sees it break off.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0))
		}
	})
}

// progressWriter stops the clock of a download while its client takes what was made. A client that
// takes nothing for TimeLimit is given up.
type progressWriter struct {
	http.ResponseWriter
	progress *inbound.Progress
}

func (w progressWriter) Write(b []byte) (int, error) {
	w.progress.Pause()
	defer w.progress.Resume()
	_ = http.NewResponseController(w.ResponseWriter).
		SetWriteDeadline(time.Now().Add(inbound.TimeLimit))
	return w.ResponseWriter.Write(b)
}

var contentTypes = map[importfile.Format]string{
	importfile.CSV:  "text/csv; charset=utf-8",
	importfile.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// loadDownloadCaller is who asks for a download: by a token, which has to be good, or by the
// cookie. Never nil.
func (s *httpServer) loadDownloadCaller(r *http.Request) (by *access.Caller, err error) {
	if token, given := bearerToken(r); given {
		by, err = s.Accounts.CallerByAccessToken(r.Context(), token)
	} else {
		by, err = s.Accounts.CallerByCookie(r.Context(), cookie.From(r))
	}
	if err != nil {
		return &access.Caller{}, err
	}
	if by.MustChange {
		// The verbs refuse it as well; here the answer does not depend on what the path names.
		return by, by.Authenticated()
	}
	return by, nil
}

// refusalStatuses are those of refusals; what is not listed is 403.
var refusalStatuses = map[fault.Code]int{
	fault.Unauthenticated: http.StatusUnauthorized, fault.NotFound: http.StatusNotFound,
	fault.BadUserInput: http.StatusBadRequest,
	fault.Conflict:     http.StatusConflict, fault.RateLimited: http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Internal:    http.StatusInternalServerError,
}

// refuseDownload says why there is no file. A person who followed a link is led to the sign-in and
// back.
func (s *httpServer) refuseDownload(w http.ResponseWriter, r *http.Request, err error,
	l i18n.Locale) {
	f := s.recordFailure(r.Context(), "download", err)
	setRetryAfter(w, f)
	status, listed := refusalStatuses[f.Code]
	if !listed {
		status = http.StatusForbidden
	}
	if status == http.StatusUnauthorized {
		if _, program := bearerToken(r); !program && strings.Contains(r.Header.Get("Accept"),
			"text/html") {
			http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()),
				http.StatusSeeOther)
			return
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	http.Error(w, f.Message.In(l), status)
}
