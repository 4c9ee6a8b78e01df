package qr

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// cacheBytes is how much a Cache holds, in bytes of pictures. The largest has some 20 kB.
const cacheBytes = 4 << 20

// sizeStep is the distance between two sizes that a Cache draws, in pixels. A module is a whole
// number of pixels, so most sizes that are nearer to each other than a code has modules are the
// same picture anyway.
const sizeStep = 32

// Picture is a drawn code.
type Picture struct {
	Content []byte
	ETag    string // of HTTP, with its quotation marks
}

// Cache keeps drawn codes, the most recently used ones. The zero Cache is ready.
//
// Security: anybody may ask for a picture, and the largest takes 10 ms to draw. One is drawn at a
// time, so that asking for many different ones keeps one core busy at most.
type Cache struct {
	mu     sync.Mutex
	bytes  int
	byKey  map[cacheKey]*list.Element
	recent list.List // of cached, the most recently used first
}

type cacheKey struct {
	text, title string
	pixels      int
}

type cacheEntry struct {
	key     cacheKey
	picture Picture
}

// PNG returns what the function PNG draws, in a size that is near.
func (c *Cache) PNG(text string, pixels int) (Picture, error) {
	if pixels < 1 || pixels > maxPixels {
		return Picture{}, ErrSize
	}
	pixels = max(1, (pixels+sizeStep/2)/sizeStep) * sizeStep
	return c.findOrDraw(cacheKey{text: text, pixels: pixels}, func() ([]byte, error) {
		return PNG(text, pixels)
	})
}

// SVG returns what the function SVG draws.
func (c *Cache) SVG(text, title string) (Picture, error) {
	return c.findOrDraw(cacheKey{text: text, title: title}, func() ([]byte, error) {
		return SVG(text, title)
	})
}

func (c *Cache) findOrDraw(key cacheKey, draw func() ([]byte, error)) (Picture, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.byKey[key]; known != nil {
		c.recent.MoveToFront(known)
		return known.Value.(*cacheEntry).picture, nil
	}
	content, err := draw()
	if err != nil {
		return Picture{}, err
	}
	sum := sha256.Sum256(content)
	p := Picture{content, `"` + hex.EncodeToString(sum[:12]) + `"`}
	if c.byKey == nil {
		c.byKey = map[cacheKey]*list.Element{}
	}
	c.byKey[key] = c.recent.PushFront(&cacheEntry{key, p})
	c.bytes += len(content)
	for c.bytes > cacheBytes {
		oldest := c.recent.Remove(c.recent.Back()).(*cacheEntry)
		delete(c.byKey, oldest.key)
		c.bytes -= len(oldest.picture.Content)
	}
	return p, nil
}
