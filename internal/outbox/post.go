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
	WorkspaceID   *ident.ID // nil for mails about an account alone
	To            string    // the stored address
	ToKey         string    // its normal form
	Version       int       // of the link or credential it will carry
	Note          string
	UserID        *ident.ID
	InvitationID  *ident.ID
	JoinRequestID *ident.ID
	SessionID     *ident.ID
	ImportID      *ident.ID
	DueAt         time.Time // not before; the zero time, and any in the past, is at once
}

// deliveryJob is the job of one mail. With the time at which the mail was due when the job was
// made, a job that was overtaken by Reschedule knows itself.
type deliveryJob struct {
	Mail ident.ID `json:"mail"`
	Due  int64    `json:"due"` // microseconds since 1970
}

// Kind of the job.
func (deliveryJob) Kind() string { return "mail" }

// retryJob is the job of a later try. The number of tries before it makes each of them a job of its
// own, and one that was overtaken knows itself by it.
type retryJob struct {
	Mail     ident.ID `json:"mail"`
	Due      int64    `json:"due"` // microseconds since 1970
	Attempts int      `json:"attempts"`
	Unclear  bool     `json:"unclear,omitempty"` // an earlier try may have delivered it
}

// Kind of the job.
func (retryJob) Kind() string { return "mail_again" }

// retryPriority is below that of every first try.
const retryPriority = 4

// insertRetryJob puts a mail into the slow lane. Done twice, it adds nothing.
func (c *Outbox) insertRetryJob(ctx context.Context, tx *store.Tx, m *ent.Mail, attempts int,
	unclear bool, at time.Time) error {
	return c.queue.Insert(ctx, tx, jobs.Job{
		Args:  retryJob{Mail: m.ID, Due: m.DueAt.UnixMicro(), Attempts: attempts, Unclear: unclear},
		Queue: jobs.MailAgain, At: at, Priority: retryPriority, Unique: true,
	})
}

// maxRowsPerInsert keeps a statement below SQLite's limit of 32,766 parameters: a row has 19.
const maxRowsPerInsert = 1000

// Post inserts emails in the caller's transaction, in a number of statements that does not grow
// with theirs (but by the thousand). Without a mail server they are written down as DROPPED, for
// the record.
func (c *Outbox) Post(ctx context.Context, tx *store.Tx, queued ...QueuedEmail) error {
	now := c.currentTime()
	rows := make([]*ent.MailCreate, len(queued))
	due := make([]deliveryJob, len(queued))
	for i, l := range queued {
		at := l.DueAt.UTC().Truncate(time.Microsecond)
		if at.Before(now) {
			at = now
		}
		due[i] = deliveryJob{Mail: ident.New(ident.Mail), Due: at.UnixMicro()}
		rows[i] = tx.Mail.Create().SetID(due[i].Mail).SetKind(string(l.Kind)).SetTo(l.To).
			SetToKey(l.ToKey).
			SetVersion(l.Version).SetNillableWorkspaceID(l.WorkspaceID).SetNillableUserID(l.UserID).
			SetNillableInvitationID(l.InvitationID).SetNillableJoinRequestID(l.JoinRequestID).
			SetNillableSessionID(l.SessionID).SetNillableImportID(l.ImportID).
			SetDueAt(at).SetCreatedAt(now).SetStatus(entmail.StatusQueued)
		if l.Note != "" {
			rows[i].SetNote(l.Note)
		}
		if c.sender == nil {
			rows[i].SetStatus(entmail.StatusDropped).
				SetError(i18n.T(i18n.English, "outbox.no_server", nil))
		}
	}
	if err := insertMails(asSystem(ctx), tx, rows); err != nil {
		return fmt.Errorf("outbox: post: %w", err)
	}
	if c.sender == nil {
		return nil
	}
	return c.enqueueDeliveries(ctx, tx, now, due)
}

// insertMails puts the rows down: those of an import without ent, whose bulk insert would take most
// of its time.
func insertMails(ctx context.Context, tx *store.Tx, rows []*ent.MailCreate) error {
	if len(rows) < maxRowsPerInsert {
		return tx.Mail.CreateBulk(rows...).Exec(ctx)
	}
	all := store.Bulk{Table: entmail.Table, Columns: entmail.Columns}
	for _, row := range rows {
		i, _ := row.Mutation().ID()
		all.AddMutation(row.Mutation(), i,
			map[string]any{entmail.FieldAttempts: entmail.DefaultAttempts})
	}
	return tx.Insert(ctx, &all)
}

// deliveryBatch is the job that makes the jobs of many mails. SQLite takes them one by one, half a
// millisecond each, and who invites five hundred people should not wait for that.
type deliveryBatch struct {
	Due      []deliveryJob `json:"due"`
	Priority int           `json:"priority"`
}

// Kind of the job.
func (deliveryBatch) Kind() string { return "mailing" }

// deliveryBatchSize is from how many mails on a mailing is made, and how many one holds: as many as
// SQLite can take without keeping other writers waiting.
const deliveryBatchSize = 100

// enqueueDeliveries makes the jobs of mails, or the jobs that will.
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

// enqueueBatch is the job of a mailing. Done twice, it adds nothing.
func (c *Outbox) enqueueBatch(ctx context.Context, m deliveryBatch) (err error) {
	defer fault.Annotate(&err, "enqueue batch")

	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		return c.queue.Insert(ctx, tx, newDeliveryJobs(c.currentTime(), m.Due, m.Priority)...)
	})
}

// newDeliveryJobs are the jobs of mails. Unique, because two jobs of one mail at one time would
// send it twice.
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

// chooseJobPriority lets the mail that one person waits for pass the thousands of an import.
func chooseJobPriority(queued int) int {
	switch {
	case queued <= 10:
		return 1
	case queued <= 500:
		return 2
	}
	return 3
}

// Reschedule moves the mails that are still QUEUED and match to another time, in the caller's
// transaction; one in the past is at once. It reaches across workspaces: the predicates name one.
func (c *Outbox) Reschedule(ctx context.Context, tx *store.Tx, at time.Time,
	where ...predicate.Mail) error {
	now := c.currentTime()
	at = at.UTC().Truncate(time.Microsecond)
	if at.Before(now) {
		at = now
	}
	// What is due then already has its job, so it is left alone.
	where = append(where, entmail.StatusEQ(entmail.StatusQueued), entmail.DueAtNEQ(at))
	ids, err := tx.Mail.Query().Where(where...).IDs(asSystem(ctx))
	if err != nil {
		return fmt.Errorf("outbox: reschedule: %w", err)
	}
	return c.rescheduleMails(ctx, tx, now, at, ids)
}

// rescheduleMails makes mails wait for a time with new jobs; the jobs they had find themselves
// overtaken.
func (c *Outbox) rescheduleMails(ctx context.Context, tx *store.Tx, now, at time.Time,
	ids []ident.ID) error {
	for chunk := range slices.Chunk(ids, maxRowsPerInsert) {
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
