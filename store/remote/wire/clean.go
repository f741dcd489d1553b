package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxText is how many bytes of a text from elsewhere a person is shown.
const maxText = 1500

// Cleaner makes texts from elsewhere fit for a person: without the secrets that
// it knows, without what follows the ? of a URL (where others put theirs),
// without control characters, on one line and not too long.
type Cleaner struct{ secrets []string }

// NewCleaner returns a Cleaner for the values of the maps. Values of less than
// four characters are no secrets: without them no text could be read.
func NewCleaner(maps ...map[string]string) *Cleaner {
	var values []string
	for _, m := range maps {
		for _, v := range m {
			values = append(values, v)
		}
	}
	return CleanerOf(values...)
}

// CleanerOf returns a Cleaner for secrets.
func CleanerOf(values ...string) *Cleaner {
	c := &Cleaner{}
	for _, v := range values {
		for _, form := range []string{v, escaped(v), strings.TrimSpace(v)} {
			if len(form) >= 4 {
				c.secrets = append(c.secrets, form)
			}
		}
		c.secrets = append(c.secrets, within(v)...)
	}
	// The longest first: one secret may be a part of another.
	slices.SortFunc(c.secrets, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	c.secrets = slices.Compact(c.secrets)
	return c
}

// within returns the texts in a secret that is an object of JSON, as tokens and
// the keys of service accounts are.
func within(v string) (out []string) {
	var object map[string]any
	if json.Unmarshal([]byte(v), &object) != nil {
		return nil
	}
	for _, value := range object {
		if text, ok := value.(string); ok && len(text) >= 8 {
			out = append(out, text)
		}
	}
	return out
}

// escaped is a text as it stands in a URL.
func escaped(s string) string {
	var out strings.Builder
	for i := range len(s) {
		if c := s[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

var (
	query    = regexp.MustCompile(`(\w+://[^\s"'?]*)\?[^\s"']*`)
	userinfo = regexp.MustCompile(`(\w+://[^\s/@:]*):[^\s/@]*@`)
	escapes  = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")
)

// Text cleans a text.
func (c *Cleaner) Text(s string) string {
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "***")
	}
	s = query.ReplaceAllString(s, "$1?***")
	s = userinfo.ReplaceAllString(s, "$1:***@")
	s = escapes.ReplaceAllString(s, "")
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return s
}
