package lifecycle_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"usher/ent/workspaceexport"
	"usher/internal/apptest"
	"usher/internal/lifecycle"
)

// WSP-2: the operator gets the file that the API offers.
func TestTheOperatorExportsAWorkspace(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Join("lea@example.org", nil)
		var file bytes.Buffer
		e, err := p.Lifecycle.ExportAsOperator(t.Context(), p.Workspace.ID,
			workspaceexport.FormatCSV, &file)
		must(t, err)
		if e.Status != workspaceexport.StatusReady || e.RequestedByID != nil ||
			e.SizeBytes != file.Len() {
			t.Errorf("the export is %v, the file has %d bytes", e, file.Len())
		}
		archive, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		must(t, err)
		members, err := archive.Open("members.csv")
		must(t, err)
		text, err := io.ReadAll(members)
		must(t, err)
		if !strings.Contains(string(text), "lea@example.org") {
			t.Errorf("members are %q", text)
		}
		// The deletion accepts it, and an administrator may download it.
		_, err = p.Lifecycle.DownloadExport(t.Context(), p.Caller(p.Admin), e.ID)
		must(t, err)
		_, err = p.Lifecycle.DeleteAsOperator(t.Context(), lifecycle.DeleteInput{
			WorkspaceID: p.Workspace.ID, Name: p.Workspace.Name})
		must(t, err)
	})
}

// WSP-3: the operator still reads of a workspace when nobody else can.
func TestTheLastErasedWorkspaceIsStillListed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		deleted(p)
		p.Clock.Add(15 * day)
		must(t, p.Lifecycle.EraseDeleted(t.Context()))
		erased, err := p.Lifecycle.ErasedWorkspaces(t.Context())
		must(t, err)
		if len(erased) != 1 || erased[0].Slug != "acme" || erased[0].Organization != "Acme" ||
			erased[0].Name != p.Workspace.Name || erased[0].ID != p.Workspace.ID.String() ||
			p.Clock.Now().Sub(erased[0].At) > time.Minute {
			t.Errorf("erased: %+v", erased)
		}
	})
}
