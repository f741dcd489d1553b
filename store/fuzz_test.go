package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// FuzzDecodeResult: entries come from remotes as well. No bytes crash it, and
// what it accepts survives being written.
func FuzzDecodeResult(f *testing.F) {
	tree := func(digest.Digest) (digest.Digest, error) { return digest.Empty, nil }
	root := func(digest.Digest) (digest.Digest, bool, error) { return digest.Empty, true, nil }
	seed, err := encodeResult(&Result{
		Outputs: []Output{
			{"a", digest.Content{Kind: digest.File, Exec: true, Digest: digest.Empty}},
			{"b", digest.Content{Kind: digest.Directory, Digest: digest.Empty}},
		},
		Log: digest.Of([]byte("x")), Level: graph.IsolationProject, Program: "/bin/cp", Hostless: true,
		Explanation: []graph.Field{{Label: "l", Value: "v"}}, Started: time.Unix(1, 2), Wall: 3, User: 4, Sys: 5, MaxRSS: 6,
	}, tree)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("\x20\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeResult(b, root)
		if err != nil || r == nil {
			return
		}
		again, err := encodeResult(r, tree)
		if err != nil {
			t.Fatal(err)
		}
		r2, err := decodeResult(again, root)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Outputs) == 0 {
			r.Outputs = nil
		}
		if diff := cmp.Diff(r.Outputs, r2.Outputs); diff != "" || r.Level != r2.Level || r.Program != r2.Program {
			t.Errorf("%+v, then %+v: %s", r, r2, diff)
		}
	})
}
