package lock

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
)

// FuzzRead: no bytes crash it, and what was read, written and read again is the same.
func FuzzRead(f *testing.F) {
	c := digest.Content{Kind: digest.File, Digest: digest.Empty}
	l := &Lock{
		Data: []Data{{"d", "d", c}},
		Entries: []Entry{{Instance: "a@é", Action: digest.Empty, Inputs: []Input{{"x", c}},
			Outputs: []Output{{"outputs", "o", "p", c, 1, 2}}}},
	}
	f.Add(l.Bytes())
	f.Add([]byte("<<<<<<<\n=======\n>>>>>>>\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, _, err := Read(b)
		if err != nil {
			return
		}
		again, problems, err := Read(l.Bytes())
		if err != nil || problems != nil {
			t.Fatalf("%v %v\n%s", problems, err, l.Bytes())
		}
		if diff := cmp.Diff(string(l.Bytes()), string(again.Bytes())); diff != "" {
			t.Error(diff)
		}
	})
}

// FuzzScanner: the fast scanner accepts nothing that JSON reads differently.
func FuzzScanner(f *testing.F) {
	c := digest.Content{Kind: digest.File, Exec: true, Digest: digest.Empty}
	e := Entry{Instance: "a@é", Action: digest.Empty, Inputs: []Input{{"x", c}, {"y", digest.Content{Kind: digest.Directory}}},
		Outputs: []Output{{"outputs", "o", "p", c, 1, 2}, {"metrics", "m", "q", c, 0, 0}}}
	f.Add(string(appendEntry(nil, e)))
	f.Fuzz(func(t *testing.T, line string) {
		var x scanner
		fast, ok := x.entry(line)
		if !ok {
			return
		}
		slow, err := decodeJSON(line)
		if err != nil {
			t.Fatalf("accepted, but: %v", err)
		}
		if diff := cmp.Diff(slow.entry, fast); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(line, string(appendEntry(nil, fast))); diff != "" {
			t.Error(diff)
		}
	})
}
