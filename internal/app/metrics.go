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
	// queueMaxAge is the maximum age of the queue's figures. Counting a queue of a hundred thousand
	// jobs takes a while, and several scrapers may ask.
	queueMaxAge = 10 * time.Second
	// queueTimeout limits the count, so that a scrape ends when the database hangs.
	queueTimeout = 2 * time.Second
)

var (
	// Figures of the whole installation: each process reports the same ones.
	jobsWaiting = prometheus.NewDesc("usher_jobs_waiting",
		"Jobs of the whole installation that are due and not finished, by kind.",
		[]string{"kind"}, nil)
	jobsLater = prometheus.NewDesc("usher_jobs_scheduled",
		"Jobs of the whole installation that are scheduled or wait for their next attempt, by kind.",
		[]string{"kind"}, nil)
	jobsOldest = prometheus.NewDesc("usher_jobs_oldest_seconds",
		"Time since the oldest due job became due, by kind.", []string{"kind"}, nil)
	mailsWaiting = prometheus.NewDesc("usher_mails_waiting",
		"Emails of the whole installation that are due and not sent.", nil, nil)
	mailsOldest = prometheus.NewDesc("usher_mails_oldest_seconds",
		"Time since the oldest due email became due.", nil, nil)
)

// newMetrics returns the registry of an app: the use of its database pool, and the queue.
func newMetrics(db *store.Store) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewDBStatsCollector(db.DB(), "usher"), &queueCollector{db: db})
	return r
}

// queueCollector counts the queue when it is scraped. Every process reports the same figures, those
// of the whole installation.
type queueCollector struct {
	db *store.Store

	mu    sync.Mutex
	at    time.Time
	kinds []store.JobBacklog
	mails store.MailBacklog
	err   error
}

// Describe sends the descriptions of the metrics.
func (c *queueCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsWaiting, jobsLater, jobsOldest, mailsWaiting,
		mailsOldest} {
		to <- d
	}
}

// Collect sends the figures, which it counts again after queueMaxAge. If the database does not
// answer it sends an error only, so that a graph has a gap instead of an old figure.
func (c *queueCollector) Collect(to chan<- prometheus.Metric) {
	// Held while counting: of two scrapes at the same time the second reuses the figures.
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

// countQueue reads the figures of the queue; an error is kept for the scrape, which reports it.
func (c *queueCollector) countQueue() {
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	c.at = time.Now()
	c.kinds, c.err = c.db.JobBacklogs(ctx)
	if c.err == nil {
		c.mails, c.err = c.db.MailBacklog(ctx)
	}
	if c.err != nil {
		c.err = fmt.Errorf("count queue: %w", c.err)
	}
}
