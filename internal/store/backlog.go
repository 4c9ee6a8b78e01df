package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
)

// JobBacklog counts the waiting jobs of one kind in the whole installation.
type JobBacklog struct {
	Kind   string
	Due    int           // ready to run now
	Later  int           // scheduled, or waiting for the next attempt
	Oldest time.Duration // time since the oldest due job became due
}

// MailBacklog counts the emails of the whole installation that are due and not sent.
type MailBacklog struct {
	Due    int
	Oldest time.Duration
}

// The dialects differ only in how a time becomes seconds since 1970. Emails are counted through
// their workspaces, because the index on them begins with the workspace.
const (
	jobBacklog = `SELECT kind, state, COUNT(*), %s FROM river_job
WHERE state IN ('available', 'scheduled', 'retryable', 'pending') GROUP BY kind, state ORDER BY kind`
	mailBacklog = `SELECT COUNT(*), %s FROM mails WHERE status = 'QUEUED' AND due_at <= $1
AND (workspace_id IS NULL OR workspace_id IN (SELECT id FROM workspaces))`
)

// epochSeconds returns the SQL of the earliest time of a column, in seconds since 1970.
func (s *Store) epochSeconds(column string) string {
	if s.dialect == dialect.Postgres {
		return "CAST(EXTRACT(EPOCH FROM MIN(" + column + ")) AS BIGINT)"
	}
	return "CAST(strftime('%s', MIN(" + column + ")) AS INTEGER)"
}

// JobBacklogs counts waiting jobs by kind. It reads across workspaces and is for operators only.
func (s *Store) JobBacklogs(ctx context.Context) ([]JobBacklog, error) {
	// On the readers' pool: the count must not wait for a long write.
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
		// The rows of one kind follow each other: the query sorts by kind, and has a row for each
		// state.
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

// MailBacklog counts due emails. It reads across workspaces and is for operators only.
func (s *Store) MailBacklog(ctx context.Context) (MailBacklog, error) {
	var b MailBacklog
	var oldest sql.NullInt64
	row := s.reader.QueryRowContext(ctx, fmt.Sprintf(mailBacklog, s.epochSeconds("due_at")),
		time.Now().UTC())
	if err := row.Scan(&b.Due, &oldest); err != nil {
		return b, fmt.Errorf("store: email backlog: %w", err)
	}
	b.Oldest = timeSinceSecond(oldest)
	return b, nil
}

// timeSinceSecond returns the time since a second of 1970, and 0 for null or a second in the
// future.
func timeSinceSecond(second sql.NullInt64) time.Duration {
	if !second.Valid {
		return 0
	}
	return max(0, time.Since(time.Unix(second.Int64, 0)))
}
