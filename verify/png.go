package verify

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// chunk is a part of a PNG.
type chunk struct {
	name string
	data []byte
	at   int64
}

// chunks reads a PNG of moderate size.
func chunks(b blob) ([]chunk, bool) {
	var out []chunk
	for at := int64(8); at+12 <= b.size && len(out) < 10_000; {
		h := b.head(at, 8)
		n := int64(binary.BigEndian.Uint32(h))
		if at+12+n > b.size || n > maxParsed {
			return nil, false
		}
		out = append(out, chunk{string(h[4:]), b.head(at+8, n), at})
		at += 12 + n
	}
	return out, len(out) > 0
}

// png finds the first chunk that differs: texts and times, before pixels.
func (c *comparer) png(_ string, a, b blob) *found {
	if a.size > maxParsed || b.size > maxParsed {
		return nil
	}
	x, okX := chunks(a)
	y, okY := chunks(b)
	if !okX || !okY {
		return nil
	}
	if len(x) != len(y) {
		return &found{format: "png", where: fmt.Sprintf("%d chunks, then %d", len(x), len(y))}
	}
	var first *found
	for i := range x {
		if x[i].name == y[i].name && slices.Equal(x[i].data, y[i].data) {
			continue
		}
		d := &found{format: "png", where: fmt.Sprintf("the chunk %s at byte %d", clip(x[i].name, 0), x[i].at)}
		switch x[i].name {
		case "tIME":
			c.report.evidence.stamp("the chunk tIME of a PNG")
			d.excerpt = []string{"- " + pngTime(x[i].data), "+ " + pngTime(y[i].data)}
		case "tEXt", "iTXt", "zTXt":
			d.excerpt = []string{"- " + clip(string(x[i].data), 0), "+ " + clip(string(y[i].data), 0)}
			c.report.evidence.pair(string(x[i].data), string(y[i].data), "")
		case "IDAT":
			d.where = "the pixels"
			c.report.evidence.pixels = true
		}
		first = orElse(first, d)
	}
	return first
}

func pngTime(b []byte) string {
	if len(b) != 7 {
		return "no time"
	}
	return time.Date(int(binary.BigEndian.Uint16(b)), time.Month(b[2]), int(b[3]), int(b[4]), int(b[5]), int(b[6]), 0, time.UTC).Format("2006-01-02 15:04:05")
}
