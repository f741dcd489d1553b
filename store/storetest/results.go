package storetest

import (
	"testing"
	"time"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store"
)

var actionKey = digest.Of([]byte("an action"))

func entryPath(b *bench, cache string, k digest.Digest) string {
	return b.Dir + "/store/" + cache + "/" + k.Hex()[:2] + "/" + k.Hex()
}

// result is a result with one file.
func result(d digest.Digest) *store.Result {
	return &store.Result{
		Outputs:     []store.Output{{At: "build/model", Content: digest.Content{Kind: digest.File, Exec: true, Digest: d}}},
		Level:       graph.IsolationProject,
		Explanation: []graph.Field{{Label: "argv[0]", Value: "cp"}, {Label: "env PATH", Value: "/bin\n\"x\""}},
		Program:     "/usr/bin/cp",
		Hostless:    true,
		Started:     time.Date(2026, 5, 4, 3, 2, 1, 500, time.UTC),
		Wall:        1500 * time.Millisecond,
		User:        1200 * time.Millisecond,
		Sys:         time.Millisecond,
		MaxRSS:      1 << 30,
	}
}

func (b *bench) gives(k digest.Digest, want *store.Result) {
	b.Helper()
	got, err := b.s.Result(k)
	b.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		b.Fatal(diff)
	}
}

func results(t *testing.T, b *bench) {
	b.gives(actionKey, nil)
	r := result(b.put("model"))
	r.Log = b.put("a line\n")
	b.must(b.s.PutResult(actionKey, r))
	b.gives(actionKey, r)
	r.Wall, r.Log = time.Second, digest.Digest{}
	b.must(b.s.PutResult(actionKey, r)) // replaced
	b.gives(actionKey, r)
	none := &store.Result{Level: graph.IsolationOff, Started: r.Started}
	b.must(b.s.PutResult(actionKey, none))
	b.gives(actionKey, none)
}

func resultsOfDirectories(t *testing.T, b *bench) {
	b.write("out/sub/f", "1")
	b.write("out/same/f", "1")
	b.write("out/g", "2")
	c, err := b.s.IngestTree(b.Dir + "/out")
	b.must(err)
	r := result(b.put("model"))
	r.Outputs = append(r.Outputs, store.Output{At: "build/tree", Content: c}, store.Output{At: "empty", Content: digest.Content{Kind: digest.Directory, Digest: digest.Empty}})
	b.must(b.s.PutResult(actionKey, r))
	b.gives(actionKey, r)

	// What another program wrote names the Tree message only.
	raw, err := fs.ReadFile(b.FS, entryPath(b, "ac", actionKey))
	b.must(err)
	var m repb.ActionResult
	b.must(proto.Unmarshal(raw, &m))
	for _, d := range m.OutputDirectories {
		d.RootDirectoryDigest = nil
	}
	b.must(b.FS.Remove(b.path(c.Digest)))
	foreign := digest.Of([]byte("foreign"))
	b.must(b.FS.MkdirAll(b.Dir+"/store/ac/"+foreign.Hex()[:2], 0o755))
	raw, err = proto.Marshal(&m)
	b.must(err)
	b.must(fs.WriteFile(b.FS, entryPath(b, "ac", foreign), raw))
	b.gives(foreign, r)
	if !b.s.HasAll(c) {
		t.Error("the directories of the Tree message are missing")
	}
}

func localResults(t *testing.T, b *bench) {
	local := result(b.put("model"))
	local.Local, local.Level = true, graph.IsolationPrivate
	b.must(b.s.PutResult(actionKey, local))
	if shared := b.files("store/ac"); len(shared) > 0 {
		t.Errorf("shared: %v", shared)
	}
	b.gives(actionKey, local)
	shared := result(b.put("better"))
	b.must(b.s.PutResult(actionKey, shared))
	b.gives(actionKey, shared)
}

func resultsWithoutBlobs(t *testing.T, b *bench) {
	b.write("out/sub/f", "deep")
	c, err := b.s.IngestTree(b.Dir + "/out")
	b.must(err)
	for name, lost := range map[string]digest.Digest{
		"an output": b.put("model"), "a file of a directory": digest.Of([]byte("deep")), "the log": b.put("log"),
	} {
		r := result(b.put("model"))
		r.Outputs = append(r.Outputs, store.Output{At: "tree", Content: c})
		r.Log = b.put("log")
		b.put("deep")
		b.must(b.s.PutResult(actionKey, r))
		b.gives(actionKey, r)
		b.must(b.FS.Remove(b.path(lost)))
		if got, err := b.s.Result(actionKey); got != nil || err != nil {
			t.Errorf("without %s: %v, %v", name, got, err)
		}
	}
}

func damagedResults(t *testing.T, b *bench) {
	b.must(b.s.PutResult(actionKey, result(b.put("model"))))
	name := entryPath(b, "ac", actionKey)
	good, err := fs.ReadFile(b.FS, name)
	b.must(err)
	marshal := func(m *repb.ActionResult) string {
		raw, err := proto.Marshal(m)
		b.must(err)
		return string(raw)
	}
	file := func(at string) *repb.OutputFile {
		return &repb.OutputFile{Path: at, Digest: b.put("model").Proto()}
	}
	for _, c := range []struct {
		name, bytes string
		aside       bool
	}{
		{"cut short", string(good[:len(good)/2]), true},
		{"no protocol buffer", "hello, world", true},
		{"a failed action", marshal(&repb.ActionResult{ExitCode: 1}), false},
		{"symbolic links", marshal(&repb.ActionResult{OutputSymlinks: []*repb.OutputSymlink{{Path: "a", Target: "b"}}}), false},
		{"no digest", marshal(&repb.ActionResult{OutputFiles: []*repb.OutputFile{{Path: "a"}}}), true},
		{"leads out", marshal(&repb.ActionResult{OutputFiles: []*repb.OutputFile{file("../a")}}), true},
		{"absolute", marshal(&repb.ActionResult{OutputFiles: []*repb.OutputFile{file("/etc/passwd")}}), true},
		{"twice", marshal(&repb.ActionResult{OutputFiles: []*repb.OutputFile{file("a"), file("a")}}), true},
	} {
		b.corrupt = nil
		b.overwriteEntry(name, c.bytes)
		if got, err := b.s.Result(actionKey); got != nil || err != nil {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		if aside := len(b.corrupt) == 1; aside != c.aside {
			t.Errorf("%s: set aside: %v", c.name, b.corrupt)
		}
	}
}

// overwriteEntry writes an action cache entry, which may have been set aside.
func (b *bench) overwriteEntry(name, text string) {
	b.Helper()
	b.must(b.FS.RemoveAll(name))
	b.must(fs.WriteFile(b.FS, name, []byte(text)))
}
