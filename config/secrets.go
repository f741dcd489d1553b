package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Secrets are what proves to a place who we are. They print as nothing, in
// messages, in logs and in JSON, by whatever verb.
type Secrets struct{ values map[string]string }

// NewSecrets returns secrets with these values.
func NewSecrets(values map[string]string) Secrets { return Secrets{maps.Clone(values)} }

// Reveal returns the values: for the program that reaches the place, over its
// standard input, and for nothing else.
func (s Secrets) Reveal() map[string]string { return maps.Clone(s.values) }

// Names returns the names of the secrets, sorted.
func (s Secrets) Names() []string { return slices.Sorted(maps.Keys(s.values)) }

// Len is how many there are.
func (s Secrets) Len() int { return len(s.values) }

// Format hides the values from every verb of fmt.
func (s Secrets) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%d secrets", len(s.values)) }

// MarshalJSON gives the names.
func (s Secrets) MarshalJSON() ([]byte, error) {
	names := s.Names()
	if names == nil {
		names = []string{}
	}
	return json.Marshal(names)
}
