package plot

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// kinds are the pictures that every browser shows, and how they begin. Never written to.
var kinds = [...]struct{ mime, begin string }{
	{"image/png", "\x89PNG\r\n\x1a\n"},
	{"image/jpeg", "\xff\xd8\xff"},
	{"image/gif", "GIF8"},
	{"image/webp", "RIFF"},
	{"image/svg+xml", "<svg"},
	{"image/svg+xml", "<?xml"},
	{"image/svg+xml", "<!--"},
	{"image/svg+xml", "<!DOCTYPE svg"},
}

// sniff tells the kind of a picture from its first bytes, "" if it is none.
func sniff(b []byte) string {
	for _, k := range kinds {
		from := b
		if k.mime == "image/svg+xml" {
			from = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n")
		}
		if bytes.HasPrefix(from, []byte(k.begin)) {
			return k.mime
		}
	}
	return ""
}

// shown reports whether a kind of picture is shown. Nothing else gets into a page:
// a text/html would be a page of somebody else's.
func shown(mime string) bool {
	return slices.ContainsFunc(kinds[:], func(k struct{ mime, begin string }) bool { return k.mime == mime })
}

// dataURL is a picture as an address. Scripts in an SVG do not run there.
func dataURL(mime string, b []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(b)
}
