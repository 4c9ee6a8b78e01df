package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"usher/internal/store"
)

const (
	// queueMaxAge is how old the figures of the queue may be. Counting a queue of a hundred
	// thousand jobs takes a while, and several scrapers may ask.
	queueMaxAge = 10 * time.Second
	// queueTimeout bounds the count: a scrape must not hang while the database does.
	queueTimeout = 2 * time.Second
)

var (
	jobsWaiting = prometheus.NewDesc("usher_jobs_waiting",
		"Jobs of the whole installation that are due and not yet done, by kind.",
		[]string{"kind"}, nil)
	jobsLater = prometheus.NewDesc("usher_jobs_scheduled",
		"Jobs of the whole installation that wait for their time or for their next try, by kind.",
		[]string{"kind"}, nil)
	jobsOldest = prometheus.NewDesc("usher_jobs_oldest_seconds",
		"For how long the oldest due job has been waiting, by kind.", []string{"kind"}, nil)
	mailsWaiting = prometheus.NewDesc("usher_mails_waiting",
		"Mails of the whole installation that are due and have not left.", nil, nil)
	mailsOldest = prometheus.NewDesc("usher_mails_oldest_seconds",
		"For how long the oldest due mail has been waiting to leave.", nil, nil)
)

// newMetrics makes the registry of an app: the use of its database pool, and the queue.
func newMetrics(db *store.Store) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewDBStatsCollector(db.DB(), "usher"), &queueCollector{db: db})
	return r
}

// queueCollector counts the queue when it is scraped. Every process tells the same figures, those
// of the installation.
type queueCollector struct {
	db *store.Store

	mu    sync.Mutex
	at    time.Time
	kinds []store.JobBacklog
	mails store.MailBacklog
	err   error
}

// Describe lists what Collect sends.
func (c *queueCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsWaiting, jobsLater, jobsOldest, mailsWaiting,
		mailsOldest} {
		to <- d
	}
}

// Collect counts, unless it did a moment ago. When the database does not answer it sends nothing
// but the error, so that a graph shows a gap and not an old figure.
func (c *queueCollector) Collect(to chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) > queueMaxAge {
		c.countQueue()
	}
	if c.err != nil {
		to <- prometheus.NewInvalidMetric(jobsWaiting, c.err)
		return
	}
	for _, k := range c.kinds {
		to <- prometheus.MustNewConstMetric(jobsWaiting, prometheus.GaugeValue,
			float64(k.Due), k.Kind)
		to <- prometheus.MustNewConstMetric(jobsLater, prometheus.GaugeValue,
			float64(k.Later), k.Kind)
		to <- prometheus.MustNewConstMetric(jobsOldest, prometheus.GaugeValue,
			k.Oldest.Seconds(), k.Kind)
	}
	to <- prometheus.MustNewConstMetric(mailsWaiting, prometheus.GaugeValue, float64(c.mails.Due))
	to <- prometheus.MustNewConstMetric(mailsOldest, prometheus.GaugeValue,
		c.mails.Oldest.Seconds())
}

func (c *queueCollector) countQueue() {
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	c.at = time.Now()
	c.kinds, c.err = c.db.JobBacklogs(ctx)
	if c.err == nil {
		c.mails, c.err = c.db.MailBacklog(ctx)
	}
	if c.err != nil {
		c.err = fmt.Errorf("count the queue: %w", c.err)
	}
}
