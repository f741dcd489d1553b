package dewar

import (
	"bytes"
	"slices"
	"strings"
)

// redacted is what stands in a log where a secret was.
const redacted = "(secret)"

// leastSecret is how many bytes a secret has that is looked for in logs: shorter ones are found everywhere.
const leastSecret = 4

// redactor takes secrets out of a stream of bytes, also where one is written in pieces.
type redactor struct {
	secrets [][]byte // the longest first
	held    []byte   // the end of what was passed, which may be the beginning of one
}

// newRedactor returns nil if there is nothing to look for. Of a secret of several lines each line is one: a
// command may print it line by line.
func newRedactor(values []string) *redactor {
	var r redactor
	for _, v := range values {
		for _, part := range append(strings.Split(v, "\n"), v) {
			if part = strings.TrimSpace(part); len(part) >= leastSecret {
				r.secrets = append(r.secrets, []byte(part))
			}
		}
	}
	if len(r.secrets) == 0 {
		return nil
	}
	slices.SortFunc(r.secrets, func(a, b []byte) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return bytes.Compare(a, b)
	})
	return &r
}

// pass takes the next bytes, and returns what may be shown by now.
func (r *redactor) pass(b []byte) []byte {
	if r == nil {
		return b
	}
	out, held := r.cut(append(r.held, b...), false)
	r.held = slices.Clone(held)
	return out
}

// cut replaces secrets in b, up to where one may begin of which the end is not here yet.
func (r *redactor) cut(b []byte, last bool) (out, held []byte) {
	for {
		keep := len(b)
		if !last {
			keep -= r.beginning(b)
		}
		at, secret := r.first(b)
		if at < 0 || at >= keep {
			return append(out, b[:keep]...), b[keep:]
		}
		out = append(append(out, b[:at]...), redacted...)
		b = b[at+len(secret):]
	}
}

// rest returns what was held back, when nothing follows.
func (r *redactor) rest() []byte {
	if r == nil {
		return nil
	}
	out, _ := r.cut(r.held, true)
	r.held = nil
	return out
}

// first finds the secret that comes first, and of those at one place the longest.
func (r *redactor) first(b []byte) (at int, secret []byte) {
	at = -1
	for _, s := range r.secrets {
		if i := bytes.Index(b, s); i >= 0 && (at < 0 || i < at) {
			at, secret = i, s
		}
	}
	return at, secret
}

// beginning returns how many bytes of the end of b begin a secret. While they do it is
// not known whether a longer one stands there.
func (r *redactor) beginning(b []byte) int {
	longest := 0
	for _, s := range r.secrets {
		for n := min(len(s)-1, len(b)); n > longest; n-- {
			if bytes.HasSuffix(b, s[:n]) {
				longest = n
			}
		}
	}
	return longest
}
