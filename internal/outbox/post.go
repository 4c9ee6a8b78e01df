package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/predicate"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/store"
)

// QueuedEmail is an email to insert into the outbox. It names its subject by id; the text is
// composed at delivery.
type QueuedEmail struct {
	Kind          mail.Kind
	WorkspaceID   *ident.ID // nil for emails about an account only
	To            string    // the stored address
	ToKey         string    // normalized form of To
	Version       int       // version of the link or credential in the email
	Note          string
	UserID        *ident.ID
	InvitationID  *ident.ID
	JoinRequestID *ident.ID
	SessionID     *ident.ID
	ImportID      *ident.ID
	DueAt         time.Time // earliest delivery; zero or past: immediately
}

// deliveryJob is the job of one email. Due is the email's due time when the job was created; after
// Reschedule it differs from the row's, which makes the job obsolete.
type deliveryJob struct {
	Mail ident.ID `json:"mail"`
	Due  int64    `json:"due"` // microseconds since 1970
}

// Kind of the job.
func (deliveryJob) Kind() string { return "mail" }

// retryJob is the job of a later attempt. Attempts makes each of them a separate unique job and
// shows when a job is obsolete.
type retryJob struct {
	Mail     ident.ID `json:"mail"`
	Due      int64    `json:"due"` // microseconds since 1970
	Attempts int      `json:"attempts"`
	Unclear  bool     `json:"unclear,omitempty"` // an earlier attempt may have delivered it
}

// Kind of the job.
func (retryJob) Kind() string { return "mail_again" }

// retryPriority is lower than that of every first attempt.
const retryPriority = 4

// insertRetryJob inserts the job of a later attempt into the retry queue. It is idempotent.
func (c *Outbox) insertRetryJob(ctx context.Context, tx *store.Tx, m *ent.Mail, attempts int,
	unclear bool, at time.Time) error {
	return c.queue.Insert(ctx, tx, jobs.Job{
		Args:  retryJob{Mail: m.ID, Due: m.DueAt.UnixMicro(), Attempts: attempts, Unclear: unclear},
		Queue: jobs.MailAgain, At: at, Priority: retryPriority, Unique: true,
	})
}

// Post inserts emails in the caller's transaction, with a constant number of statements. Without a
// mail server they are stored as DROPPED, for the record.
func (c *Outbox) Post(ctx context.Context, tx *store.Tx, queued ...QueuedEmail) error {
	rows, due := c.newRows(tx, queued)
	if err := tx.Insert(asSystem(ctx), rows); err != nil {
		return fmt.Errorf("outbox: post: %w", err)
	}
	return c.enqueueDeliveries(ctx, tx, c.currentTime(), due)
}

// PostWith is Post that inserts other rows of a workspace before the emails, which may refer to
// them, all in one call of store.Tx.Insert. The emails are of the same workspace.
func (c *Outbox) PostWith(ctx context.Context, tx *store.Tx, others []*store.Bulk,
	queued ...QueuedEmail) error {
	rows, due := c.newRows(tx, queued)
	if err := tx.Insert(ctx, append(others, rows)...); err != nil {
		return fmt.Errorf("outbox: post: %w", err)
	}
	return c.enqueueDeliveries(ctx, tx, c.currentTime(), due)
}

// newRows returns the rows of emails, and the jobs that deliver them.
func (c *Outbox) newRows(tx *store.Tx, queued []QueuedEmail) (*store.Bulk, []deliveryJob) {
	now := c.currentTime()
	rows := &store.Bulk{Table: entmail.Table, Columns: entmail.Columns}
	var due []deliveryJob
	for _, email := range queued {
		at := email.DueAt.UTC().Truncate(time.Microsecond)
		// Attempts and the daily limit of a mailbox are counted from the due time. One in the past
		// would shorten the time for attempts, and leave the email out of the count.
		if at.Before(now) {
			at = now
		}
		row := tx.Mail.Create().SetKind(string(email.Kind)).SetTo(email.To).SetToKey(email.ToKey).
			SetVersion(email.Version).SetNillableWorkspaceID(email.WorkspaceID).
			SetNillableUserID(email.UserID).
			SetNillableInvitationID(email.InvitationID).
			SetNillableJoinRequestID(email.JoinRequestID).
			SetNillableSessionID(email.SessionID).SetNillableImportID(email.ImportID).
			SetDueAt(at).SetCreatedAt(now).SetStatus(entmail.StatusQueued)
		if email.Note != "" {
			row.SetNote(email.Note)
		}
		// The id is made here, so that the job and the row can be inserted without reading one
		// back.
		id := ident.New(ident.Mail)
		if c.sender == nil {
			row.SetStatus(entmail.StatusDropped).
				SetError(i18n.T(i18n.English, "outbox.no_server", nil))
		} else {
			due = append(due, deliveryJob{Mail: id, Due: at.UnixMicro()})
		}
		rows.AddMutation(row.Mutation(), id,
			map[string]any{entmail.FieldAttempts: entmail.DefaultAttempts})
	}
	return rows, due
}

// deliveryBatch is the job that inserts the jobs of many emails. SQLite inserts jobs one by one,
// half a millisecond each; the caller should not wait for hundreds of them.
type deliveryBatch struct {
	Due      []deliveryJob `json:"due"`
	Priority int           `json:"priority"`
}

// Kind of the job.
func (deliveryBatch) Kind() string { return "mailing" }

// deliveryBatchSize is the number of emails in a deliveryBatch and the minimum for using one. It is
// small enough that SQLite does not block other writers for long.
const deliveryBatchSize = 100

// enqueueDeliveries inserts the jobs of emails, or for many emails the jobs that insert them.
func (c *Outbox) enqueueDeliveries(ctx context.Context, tx *store.Tx, now time.Time,
	due []deliveryJob) error {
	if len(due) < deliveryBatchSize {
		return c.queue.Insert(ctx, tx, newDeliveryJobs(now, due, chooseJobPriority(len(due)))...)
	}
	var all []jobs.Job
	for chunk := range slices.Chunk(due, deliveryBatchSize) {
		all = append(all,
			jobs.Job{Args: deliveryBatch{Due: chunk, Priority: chooseJobPriority(len(due))},
				Queue: jobs.Mail})
	}
	return c.queue.Insert(ctx, tx, all...)
}

// enqueueBatch is the job handler of a deliveryBatch. It is idempotent.
func (c *Outbox) enqueueBatch(ctx context.Context, batch deliveryBatch) (err error) {
	defer fault.Annotate(&err, "enqueue batch")

	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		return c.queue.Insert(ctx, tx,
			newDeliveryJobs(c.currentTime(), batch.Due, batch.Priority)...)
	})
}

// newDeliveryJobs returns the jobs of emails. They are unique, because two simultaneous jobs of one
// email would send it twice.
func newDeliveryJobs(now time.Time, due []deliveryJob, priority int) []jobs.Job {
	all := make([]jobs.Job, len(due))
	for i, d := range due {
		all[i] = jobs.Job{Args: d, Queue: jobs.Mail, Priority: priority, Unique: true}
		if at := time.UnixMicro(d.Due); at.After(now) {
			all[i].At = at
		}
	}
	return all
}

// chooseJobPriority gives small batches a higher priority, so that an email that a person waits for
// overtakes the thousands of an import.
func chooseJobPriority(queued int) int {
	switch {
	case queued <= 10:
		return 1
	case queued <= 500:
		return 2
	}
	return 3
}

// Reschedule changes the due time of matching emails that are still QUEUED, in the caller's
// transaction; a past time means immediately. It has no tenant filter: the predicates must name the
// workspace.
func (c *Outbox) Reschedule(ctx context.Context, tx *store.Tx, at time.Time,
	where ...predicate.Mail) error {
	now := c.currentTime()
	at = at.UTC().Truncate(time.Microsecond)
	if at.Before(now) {
		at = now
	}
	// Emails that are already due at that time have their job.
	where = append(where, entmail.StatusEQ(entmail.StatusQueued), entmail.DueAtNEQ(at))
	ids, err := tx.Mail.Query().Where(where...).IDs(asSystem(ctx))
	if err != nil {
		return fmt.Errorf("outbox: reschedule: %w", err)
	}
	return c.rescheduleMails(ctx, tx, now, at, ids)
}

// maxRowsPerUpdate keeps a statement below SQLite's limit of 32,766 parameters.
const maxRowsPerUpdate = 1000

// rescheduleMails sets the due time of emails and inserts new jobs, which makes their previous jobs
// obsolete.
func (c *Outbox) rescheduleMails(ctx context.Context, tx *store.Tx, now, at time.Time,
	ids []ident.ID) error {
	for chunk := range slices.Chunk(ids, maxRowsPerUpdate) {
		if err := tx.Mail.Update().Where(entmail.IDIn(chunk...)).SetDueAt(at).
			Exec(asSystem(ctx)); err != nil {
			return fmt.Errorf("outbox: reschedule: %w", err)
		}
	}
	due := make([]deliveryJob, len(ids))
	for i, id := range ids {
		due[i] = deliveryJob{Mail: id, Due: at.UnixMicro()}
	}
	return c.enqueueDeliveries(ctx, tx, now, due)
}
