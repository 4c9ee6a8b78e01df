package chaos

import (
	"testing"
	"time"
)

// Servers are killed again and again under a mixed load; what they acknowledged is there, and
// nothing is half done.
func TestNothingAcknowledgedIsLostInKills(t *testing.T) {
	c := startCluster(t)
	load, stop := c.startLoad(4)
	kills := readNumber(t, "USHER_CHAOS_KILLS", 4)
	for range kills {
		time.Sleep(time.Duration(200+c.roll(1200)) * time.Millisecond)
		victim := c.servers[c.roll(len(c.servers))]
		victim.kill()
		time.Sleep(time.Duration(c.roll(200)) * time.Millisecond)
		victim.start()
		victim.awaitReady()
	}
	stop()

	load.checkLoad()
}
