package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
)

// JobBacklog is how many jobs of a kind wait, in the whole installation.
type JobBacklog struct {
	Kind   string
	Due    int           // could be worked now
	Later  int           // wait for their time or for their next try
	Oldest time.Duration // how long the oldest due one has been waiting
}

// MailBacklog is how many mails are due and have not left, in the whole installation.
type MailBacklog struct {
	Due    int
	Oldest time.Duration
}

// The two dialects differ only in how a moment becomes seconds since 1970. Mails are counted
// through their workspaces, because that is how their index is sorted.
const (
	jobBacklog = `SELECT kind, state, COUNT(*), %s FROM river_job
WHERE state IN ('available', 'scheduled', 'retryable', 'pending') GROUP BY kind, state ORDER BY kind`
	mailBacklog = `SELECT COUNT(*), %s FROM mails WHERE status = 'QUEUED' AND due_at <= $1
AND (workspace_id IS NULL OR workspace_id IN (SELECT id FROM workspaces))`
)

func (s *Store) epochSeconds(column string) string {
	if s.dialect == dialect.Postgres {
		return "CAST(EXTRACT(EPOCH FROM MIN(" + column + ")) AS BIGINT)"
	}
	return "CAST(strftime('%s', MIN(" + column + ")) AS INTEGER)"
}

// JobBacklogs counts the jobs that wait, by kind. It reaches across workspaces and is for the
// operator alone.
func (s *Store) JobBacklogs(ctx context.Context) ([]JobBacklog, error) {
	rows, err := s.reader.QueryContext(ctx, fmt.Sprintf(jobBacklog, s.epochSeconds("scheduled_at")))
	if err != nil {
		return nil, fmt.Errorf("store: job backlogs: %w", err)
	}
	defer rows.Close()
	var all []JobBacklog
	for rows.Next() {
		var kind, state string
		var count int
		var oldest sql.NullInt64
		if err := rows.Scan(&kind, &state, &count, &oldest); err != nil {
			return nil, fmt.Errorf("store: job backlogs: %w", err)
		}
		if len(all) == 0 || all[len(all)-1].Kind != kind {
			all = append(all, JobBacklog{Kind: kind})
		}
		b := &all[len(all)-1]
		if state != "available" {
			b.Later += count
			continue
		}
		b.Due, b.Oldest = count, timeSinceSecond(oldest)
	}
	return all, rows.Err()
}

// MailBacklog counts the mails that are due. It reaches across workspaces and is for the operator
// alone.
func (s *Store) MailBacklog(ctx context.Context) (MailBacklog, error) {
	var b MailBacklog
	var oldest sql.NullInt64
	row := s.reader.QueryRowContext(ctx, fmt.Sprintf(mailBacklog, s.epochSeconds("due_at")),
		time.Now().UTC())
	if err := row.Scan(&b.Due, &oldest); err != nil {
		return b, fmt.Errorf("store: mail backlog: %w", err)
	}
	b.Oldest = timeSinceSecond(oldest)
	return b, nil
}

func timeSinceSecond(second sql.NullInt64) time.Duration {
	if !second.Valid {
		return 0
	}
	return max(0, time.Since(time.Unix(second.Int64, 0)))
}
