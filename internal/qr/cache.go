package qr

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// cacheBytes limits the pictures of a Cache, in bytes. The largest picture has about 20 kB.
const cacheBytes = 4 << 20

// sizeStep is the step between the sizes that a Cache draws, in pixels. A module has a whole number
// of pixels, so most sizes within a step give the same picture anyway.
const sizeStep = 32

// Picture is a drawn code.
type Picture struct {
	Content []byte
	ETag    string // of HTTP, with its quotation marks
}

// Cache keeps the most recently used pictures. The zero Cache is ready to use and safe for
// concurrent use.
//
// Security: anonymous clients can request pictures, and the largest takes 10 ms to draw. Pictures
// are drawn one at a time, so that a flood of requests uses at most one core.
type Cache struct {
	mu     sync.Mutex
	bytes  int
	byKey  map[cacheKey]*list.Element
	recent list.List // of cached, the most recently used first
}

// cacheKey is everything that a picture depends on.
type cacheKey struct {
	text, title string
	pixels      int
}

// cacheEntry is a picture in the list of recent ones, with the key by which it is forgotten.
type cacheEntry struct {
	key     cacheKey
	picture Picture
}

// PNG returns the picture of the function PNG, with the size rounded to sizeStep.
func (c *Cache) PNG(text string, pixels int) (Picture, error) {
	if pixels < 1 || pixels > maxPixels {
		return Picture{}, ErrSize
	}
	pixels = max(1, (pixels+sizeStep/2)/sizeStep) * sizeStep
	return c.findOrDraw(cacheKey{text: text, pixels: pixels}, func() ([]byte, error) {
		return PNG(text, pixels)
	})
}

// SVG returns the picture of the function SVG.
func (c *Cache) SVG(text, title string) (Picture, error) {
	return c.findOrDraw(cacheKey{text: text, title: title}, func() ([]byte, error) {
		return SVG(text, title)
	})
}

// findOrDraw returns a picture from the cache, or draws it and forgets the least recently used ones
// beyond cacheBytes. It draws under the mutex, so that two requests for one picture draw it once.
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
	// Pictures differ in size, so the cache is bounded by bytes and not by a number of pictures.
	for c.bytes > cacheBytes {
		oldest := c.recent.Remove(c.recent.Back()).(*cacheEntry)
		delete(c.byKey, oldest.key)
		c.bytes -= len(oldest.picture.Content)
	}
	return p, nil
}
