package dewar

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A secret is hidden however the command's writes cut it, and nothing else is.
func TestRedactor(t *testing.T) {
	for _, c := range []struct {
		secrets    []string
		text, want string
	}{
		{[]string{"hunter22"}, "it is hunter22!\n", "it is (secret)!\n"},
		{[]string{"hunter22"}, "hunter2hunter22hunter2", "hunter2(secret)hunter2"},
		{[]string{"aaaa"}, "aaaaaaaaa", "(secret)(secret)a"},
		{[]string{"token", "token-long"}, "token token-long token-lon", "(secret) (secret) (secret)-lon"},
		{[]string{"first line\nsecond line\n"}, "second line\nfirst line\nsecond line\n", "(secret)\n(secret)\n"},
		{[]string{"abc", ""}, "abc", "abc"},
		{nil, "x", "x"},
	} {
		rapid.Check(t, func(t *rapid.T) {
			r := newRedactor(c.secrets)
			var got strings.Builder
			for rest := c.text; rest != ""; {
				n := rapid.IntRange(1, len(rest)).Draw(t, "n")
				got.Write(r.pass([]byte(rest[:n])))
				rest = rest[n:]
			}
			got.Write(r.rest())
			if want := c.want; got.String() != want {
				t.Errorf("%q: %q, want %q", c.text, got.String(), want)
			}
		})
	}
}
