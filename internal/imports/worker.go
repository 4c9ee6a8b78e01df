package imports

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/jobs"
	"usher/internal/store"
)

// runImport runs an import for maxJobRuntime and then enqueues itself again, so that other jobs get
// a turn. The import fails if its starter may no longer import.
func (s *Service) runImport(ctx context.Context, b *ent.ImportBatch) error {
	by, err := s.findStarter(ctx, b)
	if err != nil {
		return err
	}
	// Failed and not paused: nobody else's authority may stand in for the starter's.
	if by == nil {
		return s.failImport(ctx, b, fault.New(fault.Forbidden, "import.starter_gone"))
	}
	t := &rowQueue{deadline: time.Now().Add(maxJobRuntime)}
	workers, together := errgroup.WithContext(ctx)
	// A failed worker cancels the context of the others.
	for range s.workerCount(b) {
		workers.Go(func() error { return s.runWorker(together, b, by, t) })
	}
	if err := workers.Wait(); err != nil {
		return err
	}
	// The lock of the import keeps a pause or a second job from ending it twice.
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		b, err := lockImport(ctx, tx, b.ID)
		if err != nil || b.Status != importbatch.StatusRunning {
			return err
		}
		left, err := tx.ImportRow.Query().Where(importrow.ImportID(b.ID), importrow.Done(false)).
			Exist(ctx)
		if err != nil {
			return err
		}
		// In the transaction that found rows left, so that the import always has a job while it is
		// RUNNING.
		if left {
			return s.Queue.Insert(ctx, tx, jobs.Job{Args: importJob{Import: b.ID}})
		}
		return s.completeImport(ctx, tx, b)
	})
}

// workerCount returns how many transactions of an import run concurrently: two for invitations on
// PostgreSQL, where one transaction uses one core of the database; otherwise one. SQLite has one
// writer, and rows that create accounts wait for the lock of their organization.
func (s *Service) workerCount(b *ent.ImportBatch) int {
	if s.Store.Concurrent() && b.Action == importbatch.ActionInvite &&
		b.Existing == importbatch.ExistingSkip {
		return 2
	}
	return 1
}

// rowQueue gives the rows of an import to its workers.
type rowQueue struct {
	sync.Mutex
	deadline   time.Time // when the job stops, so that other jobs get a turn
	lastNumber int       // number of the last row given to a worker
}

// runWorker writes rows until none are left, the job's time limit is reached, or the import no
// longer runs.
func (s *Service) runWorker(ctx context.Context, b *ent.ImportBatch, by *access.Caller,
	queue *rowQueue) error {
	// One for each worker: it caches and counts, and is not safe for two.
	j, err := newRowEvaluator(ctx, s, s.Store.Client, b, by)
	if err != nil {
		return err
	}
	j.running = true
	for time.Now().Before(queue.deadline) {
		rows, err := s.nextRows(ctx, j, queue)
		if len(rows) == 0 || err != nil {
			return err
		}
		stopped, err := s.runRows(ctx, j, rows)
		if errors.Is(err, errManySingleRows) {
			stopped, err = s.runSingleRows(ctx, j, rows, queue)
		}
		if stopped || err != nil {
			return err
		}
	}
	return nil
}

// runSingleRows writes rows in small chunks until none are left or the job's time limit is reached.
func (s *Service) runSingleRows(ctx context.Context, evaluator *rowEvaluator, rows []*candidate,
	queue *rowQueue) (stopped bool, err error) {
	for chunk := range slices.Chunk(rows, maxSingleRows) {
		// The rows that are left are read again by the next job.
		if !time.Now().Before(queue.deadline) {
			return true, nil
		}
		if stopped, err := s.runRows(ctx, evaluator, chunk); stopped || err != nil {
			return stopped, err
		}
	}
	return false, nil
}

// errStopped rolls back the rows of an import that was paused or cancelled in the meantime.
var errStopped = errors.New("imports: the import no longer runs")

// runRows writes some rows in one transaction. The import is locked against a change of its status
// until the rows are written; transactions of one import do not wait for each other. Its last
// statements decide: if a row was done already or the import no longer runs, everything is rolled
// back.
func (s *Service) runRows(ctx context.Context, evaluator *rowEvaluator,
	rows []*candidate) (stopped bool, err error) {
	first, last := rows[0].number, rows[len(rows)-1].number
	var evaluated *rowEvaluator
	var w *rowWriter
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		evaluator, rows := evaluator.forAttempt(rows)
		evaluated, w = evaluator, nil
		if err := tx.ManyRows(ctx); err != nil {
			return err
		}
		if err := evaluator.lockOwners(ctx, tx, rows); err != nil {
			return err
		}
		b, err := tx.LockImport(ctx, store.ToKeep, evaluator.batch.ID)
		if err != nil {
			return err
		}
		// Read under the lock, so that a pause is obeyed at the next chunk at the latest.
		if b.Status != importbatch.StatusRunning {
			return errStopped
		}
		// Another worker may have done them since they were read.
		left, err := tx.ImportRow.Query().Where(importrow.ImportID(b.ID), importrow.Done(false),
			importrow.NumberGTE(first), importrow.NumberLTE(last)).Count(ctx)
		if err != nil || left != len(rows) {
			return err
		}
		if err := evaluator.lockPeople(ctx, tx, rows); err != nil {
			return err
		}
		// A retry may come seconds later, and expiries are compared with the time of the writing.
		evaluator.now = s.Clock()
		w = &rowWriter{rowEvaluator: evaluator, tx: tx}
		w.batch = b
		return w.writeRows(ctx, rows)
	})
	if err == nil && w != nil && w.lookupLimitNoted {
		w.exceededLookups().Log(ctx)
	}
	// errStopped is an order to stop, not a failure of the job.
	if errors.Is(err, errStopped) {
		return true, nil
	}
	if err == nil {
		// Only what was committed counts for the next chunk: seats, usernames and the people of
		// earlier rows.
		*evaluator = *evaluated
	}
	return false, err
}

// lockOwners locks what precedes the import in the order of locks: the organization, if rows may
// take seats, and the workspace, if a row may end the access of an administrator.
func (j *rowEvaluator) lockOwners(ctx context.Context, tx *store.Tx, rows []*candidate) error {
	sync := j.batch.Options.Sync != nil
	if j.batch.Action == importbatch.ActionCreate || sync {
		if err := tx.LockOrganization(ctx, j.workspace.OrganizationID); err != nil {
			return err
		}
	}
	if !sync && !slices.ContainsFunc(rows, func(c *candidate) bool {
		return c.Grant.AccessExpiresAt != nil
	}) {
		return nil
	}
	_, err := tx.LockWorkspace(ctx, j.workspace.ID)
	return err
}

// lockPeople locks the addresses of rows, then the members that the rows may change. An import that
// creates accounts excludes invitations to its addresses, and one that invites excludes admissions
// of them.
func (j *rowEvaluator) lockPeople(ctx context.Context, tx *store.Tx, rows []*candidate) error {
	if !tx.Locks() {
		return nil
	}
	var keys, names, externals []string
	var absent []ident.ID
	for _, c := range rows {
		if c.absent && c.member != nil {
			absent = append(absent, c.member.ID)
		}
		if c.ExternalID != "" && c.outcome != RowError {
			externals = append(externals, c.ExternalID)
		}
		switch {
		// Rejected rows write nothing.
		case c.outcome == RowError:
		case c.Key != "":
			keys = append(keys, c.Key)
		case c.UsernameKey != "":
			names = append(names, c.UsernameKey)
		}
	}
	lock := tx.ShareAddresses
	if j.batch.Action == importbatch.ActionCreate {
		lock = tx.LockAddresses
	}
	if err := lock(ctx, j.workspace.ID, keys...); err != nil ||
		j.batch.Existing == importbatch.ExistingSkip {
		return err
	}

	// The ids are read without a lock, since accounts come before members in the order of locks.
	members, err := tx.Member.Query().
		Where(member.Or(member.EmailKeyIn(keys...), member.UsernameKeyIn(names...),
			member.ExternalIDIn(externals...), member.IDIn(absent...))).
		Select(member.FieldID, member.FieldUserID).All(ctx)
	if err != nil {
		return err
	}
	ids, accounts := make([]ident.ID, len(members)), make([]ident.ID, len(members))
	for i, m := range members {
		ids[i], accounts[i] = m.ID, m.UserID
	}
	system := store.AsSystem(ctx,
		"an account belongs to its person; a row may fill its empty names")
	if _, err := tx.LockUsers(system, store.ToChange, accounts...); err != nil {
		return err
	}
	_, err = tx.LockMembers(ctx, store.ToChange, ids...)
	return err
}

// nextRows reads the next rows that are not done, and hashes their passwords. Hashing is slow, so
// it runs outside of any transaction and after people who wait to sign in.
func (s *Service) nextRows(ctx context.Context, evaluator *rowEvaluator,
	queue *rowQueue) ([]*candidate, error) {
	// One worker at a time reads, so that no two get the same rows.
	queue.Lock()
	found, err := s.Store.ImportRow.Query().Where(importrow.ImportID(evaluator.batch.ID),
		importrow.Done(false), importrow.NumberGT(queue.lastNumber)).
		Order(ent.Asc(importrow.FieldNumber)).Limit(maxRowsPerChunk).All(ctx)
	found = limitHashes(found)
	if len(found) > 0 {
		queue.lastNumber = found[len(found)-1].Number
	}
	queue.Unlock()
	if err != nil {
		return nil, err
	}
	rows := make([]*candidate, len(found))
	for i, r := range found {
		switch {
		case r.Outcome == importrow.OutcomeError:
			rows[i] = &candidate{outcome: RowError}
		case r.Absent:
			rows[i] = absentCandidate(r)
		default:
			// Opened as late as possible, and kept in memory for one chunk.
			hidden, err := s.openHidden(r.SealedPassword, evaluator.columns)
			if err != nil {
				return nil, err
			}
			row := files.Parse(evaluator.columns, r.Number, r.Cells, hidden)
			if rows[i] = evaluator.readRow(row); rows[i].outcome != RowError {
				// The preview added remarks about cells that are not stored any more, such as the
				// password of a row that only invites.
				rows[i].faults = r.Errors
			}
			if rows[i].Password != "" && rows[i].outcome != RowError {
				rows[i].PasswordHash, err = s.Hasher.HashAtLowPriority(ctx, rows[i].Password)
				if err != nil {
					return nil, err
				}
			}
		}
		rows[i].number, rows[i].id, rows[i].generatedUsername = r.Number, r.ID,
			inputs.ValueOrEmpty(r.Username)
	}
	return rows, nil
}

// limitHashes cuts a list of rows behind the last one whose password may be hashed for its chunk.
// More of them would keep the import from stopping when it is paused.
func limitHashes(rows []*ent.ImportRow) []*ent.ImportRow {
	hashes := 0
	for i, row := range rows {
		if row.SealedPassword != nil && len(*row.SealedPassword) > 0 {
			if hashes++; hashes == maxHashesPerChunk {
				return rows[:i+1]
			}
		}
	}
	return rows
}
