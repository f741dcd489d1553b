package config

import "testing"

// TestRedact: what may be a password is hidden, and what git is to be asked with stays what it is.
func TestRedact(t *testing.T) {
	for s, want := range map[string]string{
		"git@example.org:team/x.git":             "git@example.org:team/x.git",
		"git@example.org:2222":                   "git@example.org:2222",
		"user:word@example.org:team/x.git":       "user:…@example.org:team/x.git",
		"user:w/rd@example.org":                  "user:…@example.org",
		"a@b:w@example.org":                      "a@b:…@example.org",
		"https://user:word@example.org/x":        "https://user:…@example.org/x",
		"ssh://git@example.org:22/x.git":         "ssh://git@example.org:22/x.git",
		"ssh://git@example.org:word/x.git":       "ssh://git@example.org:…/x.git",
		"https://example.org/x?token=1":          "https://example.org/x?…",
		"git@example.org:team/x.git?token=abc#d": "git@example.org:team/x.git?…",
	} {
		if got := Redact(s); got != want {
			t.Errorf("Redact(%q) = %q, want %q", s, got, want)
		}
	}
}
