package dewar

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

func TestBadProject(t *testing.T) {
	for _, c := range []struct{ project, bad string }{
		{"https://example.org/x.git", ""},
		{"ssh://git@example.org:2222/x.git", ""},
		{"git@example.org:x.git", ""},
		{"git://example.org/x", ""},
		{"file:///srv/x", ""},
		{"../x", ""},
		{"/srv/a b", ""},
		{"", "a directory, or what git clones"},
		{"-u", "a directory, or what git clones"},
		{"a\nb", "a directory, or what git clones"},
		{"ext::sh -c true", "start a program"},
		{"fd::17", "start a program"},
		{"ftp://example.org/x", "not cloned from ftp://"},
		{"HTTPS://example.org/x", "not cloned from HTTPS://"},
		{"https://token@example.org/x", "has a login in it"},
		{"https://me:secret@example.org/x", "has a login in it"},
		{"ssh://me:secret@example.org/x", "has a login in it"},
		{"https://example.org/x?token=secret", "begins with ? or #"},
		{"https://%zz/x", "is no address"},
	} {
		got := badProject(c.project)
		if (got == "") != (c.bad == "") || !strings.Contains(got, c.bad) || strings.Contains(got, "secret") {
			t.Errorf("%q: %q, want %q", c.project, got, c.bad)
		}
	}
	for s, want := range map[string]bool{"git@h:x": true, "h:x/y": true, "https://h/x": true, "x": false, "./a:b": false, "/a:b": false, "-h:x": false, "a::b": false} {
		if isAddress(s) != want {
			t.Errorf("%q is an address: %v", s, !want)
		}
	}
}

func TestDVCSettings(t *testing.T) {
	c := &dvcConfig{remotes: map[string]*dvcRemote{}}
	c.take(dvcSettings([]byte(`# comment
[core]
    remote = main
    autostage = true
['remote "main"']
    url = s3://bucket/path
    endpointurl = "https://store.example.org"
    secret_access_key = hunter2
[remote "local"]
url=../../share
['remote "deep"']
    url = remote://main/below
['remote "host"']
    url = ssh://example.org/srv
    user = me
    port = 2222
[cache]
    dir = ../cache
`)), "/p/.dvc", true)
	c.take(dvcSettings([]byte("['remote \"main\"']\nprofile = mine\n")), "/p/.dvc", false)
	if c.remote != "main" || c.cache != "/p/cache" || !slices.Equal(c.names, []string{"main", "local", "deep", "host"}) {
		t.Errorf("%+v", c)
	}
	var got []string
	for _, name := range append(c.names, "none") {
		text, _, err := c.place(name, 5)
		got = append(got, fmt.Sprint(text, " ", err))
	}
	want := []string{
		"s3://bucket/path <nil>", "/share <nil>", "s3://bucket/path/below <nil>", "sftp://me@example.org:2222/srv <nil>",
		" its remote none is configured nowhere",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if main := c.remotes["main"]; main.options["endpointurl"] != "https://store.example.org" || main.own["profile"] != "mine" {
		t.Errorf("%+v", main)
	}
	c.remotes["deep"].url = "remote://deep/x"
	if _, _, err := c.place("deep", 5); err == nil {
		t.Error("a remote in terms of itself is a place")
	}
}

// What proves who we are is used for a remote of another project if it was given for the same place, and the
// project's own options are believed as far as a stranger's.
func TestDVCRemoteOf(t *testing.T) {
	p := memoryProject(t)
	local := "remote \"mine\" {\n  url = \"s3://bucket/path\"\n  secrets = { access_key_id = \"me\", secret_access_key = \"hunter2\" }\n}\n"
	if err := fs.WriteFile(p.host.FS, "/p/.dewar/config.local.hcl", []byte(local)); err != nil {
		t.Fatal(err)
	}
	if err := p.configure(); err != nil {
		t.Fatal(err)
	}
	f := &foreign{p: p}
	for _, c := range []struct {
		settings string
		secrets  int
		options  map[string]string
	}{
		{"url = s3://bucket/path", 2, map[string]string{}},
		{"url = s3://bucket/path\nregion = r", 2, map[string]string{}}, // ours is used as it is
		{"url = s3://bucket/other", 0, map[string]string{}},
		{"url = s3://bucket/path\nendpointurl = http://evil.example.org", 0, map[string]string{"endpoint": "http://evil.example.org"}},
		{"url = s3://bucket/x\nprofile = admin\ncredentialpath = /etc/x", 0, map[string]string{}},
	} {
		conf := &dvcConfig{remotes: map[string]*dvcRemote{}}
		conf.take(dvcSettings([]byte("[remote \"r\"]\n"+c.settings)), "", true)
		r, err := f.dvcRemoteOf(conf, "r")
		if err != nil {
			t.Errorf("%s: %v", c.settings, err)
			continue
		}
		if r.Secrets.Len() != c.secrets || !cmp.Equal(r.Options, c.options) {
			t.Errorf("%s: %v, %d secrets", c.settings, r.Options, r.Secrets.Len())
		}
	}
}

func TestMD5Of(t *testing.T) {
	sum := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	long := strings.Repeat("x", 1<<20-1) + "\r\n" // the line end is in two pieces, and stays
	for _, c := range []struct {
		text   string
		legacy bool
		want   []string
	}{
		{"", false, []string{sum("")}},
		{"a\r\nb", false, []string{sum("a\r\nb")}},
		{"a\r\nb", true, []string{sum("a\r\nb"), sum("a\nb")}},
		{long, true, []string{sum(long), sum(long)}},
	} {
		d, got, err := md5Of(strings.NewReader(c.text), c.legacy)
		if err != nil || d != digest.Of([]byte(c.text)) || !slices.Equal(got, c.want) {
			t.Errorf("%.10q: %v %v %v", c.text, d, got, err)
		}
	}
	if _, _, err := md5Of(brokenReader{}, false); err == nil {
		t.Error("a failure is lost")
	}
}

func TestDVCEntry_check(t *testing.T) {
	sum, less := strings.Repeat("0f", 16), int64(-1)
	if err := (dvcEntry{MD5: sum, Relpath: "a/b c"}).check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", ".", "..", "/a", "../a", "a/../b", "./a", "a//b", "a/"} {
		if (dvcEntry{MD5: sum, Relpath: bad}).check() == nil {
			t.Errorf("%q is a path", bad)
		}
	}
	for _, bad := range []string{"", "../x", sum + "0", strings.ToUpper(sum)} {
		if (dvcEntry{MD5: bad, Relpath: "a"}).check() == nil {
			t.Errorf("%q is an MD5", bad)
		}
	}
	if (dvcEntry{MD5: sum, Relpath: "a", Size: &less}).check() == nil {
		t.Error("a file may have less than nothing")
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, fmt.Errorf("broken") }

func TestGrove(t *testing.T) {
	p := memoryProject(t)
	file := digest.Content{Kind: digest.File, Digest: digest.Of([]byte("x"))}
	g := newGrove()
	for _, at := range []string{"b/c/d", "a", "b/e"} {
		if err := g.put(at, file); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "a", "a/b", "b", "../x", "/x", "x/", "x//y", "./y", "x\\y", "x\x00"} {
		if g.put(bad, file) == nil {
			t.Errorf("%q is a path", bad)
		}
	}
	c, err := g.keep(p.store)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := eachFile(p.store.Dir, c, "", func(name string, _ digest.FileEntry) bool { names = append(names, name); return true }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "b/e", "b/c/d"}, names); d != "" {
		t.Error(d)
	}
}

// What is brought is what a scan will find: nothing that is ignored where it will lie, and no link out of it.
func TestSettled(t *testing.T) {
	p := memoryProject(t)
	blob := func(s string) digest.Content {
		d, err := p.store.Put([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return digest.Content{Kind: digest.File, Digest: d}
	}
	tree := func(files map[string]string) digest.Content {
		g := newGrove()
		for name, text := range files {
			if err := g.put(name, blob(text)); err != nil {
				t.Fatal(err)
			}
		}
		c, err := g.keep(p.store)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := fs.WriteFile(p.host.FS, "/p/.dewarignore", []byte("*.tmp\n")); err != nil {
		t.Fatal(err)
	}
	given := tree(map[string]string{"a": "1", "x.tmp": "1", "s/.DS_Store": "1", "s/b": "1", "s/.dewarignore": "c\n", "s/c": "1", "__pycache__/x": "1"})
	want := tree(map[string]string{"a": "1", "s/b": "1", "s/.dewarignore": "c\n"})
	got, err := p.settled("data/x", given)
	if err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for link, ok := range map[string]bool{"a": true, "s/../a": true, "../a": false, "/etc/passwd": false, "s/../../a": false} {
		d := digest.Dir{Symlinks: []digest.SymlinkEntry{{Name: "l", Target: link}}}
		id, err := p.store.PutDirectory(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.settled("data/x", digest.Content{Kind: digest.Directory, Digest: id})
		if lerr := p.linksInside(digest.Content{Kind: digest.Directory, Digest: id}, ""); (err == nil) != ok || (lerr == nil) != ok {
			t.Errorf("a link to %s: %v, %v", link, err, lerr)
		}
	}
}

func TestDVCTracks(t *testing.T) {
	p := memoryProject(t)
	f := &foreign{p: p, view: fs.NewProject(p.host.FS, "/p")}
	sum := strings.Repeat("ab", 16)
	for name, text := range map[string]string{"/p/sub/dvc.yaml": "stages:\n  a:\n    wdir: ../w\n  m:\n    matrix: {k: [1]}\n    do: {wdir: d}\n  t:\n    wdir: ${x}\n", "/p/dvc.yaml": "- nothing"} {
		_ = p.host.FS.MkdirAll("/p/sub", 0o777)
		if err := fs.WriteFile(p.host.FS, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"a.csv.dvc", "outs:\n- {md5: SUM, path: a.csv, size: 3}", "a.csv file 3 old"},
		{"d/a.dvc", "wdir: ..\nouts:\n- {md5: SUM.dir, path: a, nfiles: 2, size: 3, hash: md5}", "a directory 3"},
		{"a.dvc", "outs:\n- {md5: SUM, path: /etc/passwd}\n- {md5: SUM, path: ../x}\n- {md5: SUM, path: s3://b/x}\n- {path: y}", ""},
		{"a.dvc", "outs:\n- {md5: ../../x, path: a}", "error"},
		{"a.dvc", "outs: 3", "error"},
		{"dvc.lock", "schema: '2.0'\nstages:\n  a:\n    outs: [{path: x, md5: SUM, hash: md5}]", "x file -1"},
		{"sub/dvc.lock", "stages:\n  a:\n    outs: [{path: x, md5: SUM, hash: md5}]\n  m@1:\n    outs: [{path: y, md5: SUM, hash: md5}]\n  t:\n    outs: [{path: z, md5: SUM}]", "sub/d/y file -1, w/x file -1"},
	} {
		list, err := f.dvcTracks(c.name, []byte(strings.ReplaceAll(c.text, "SUM", sum)))
		var got []string
		for _, x := range list {
			s := fmt.Sprint(x.path, " ", x.kind, " ", x.bytes)
			if x.dvc.legacy {
				s += " old"
			}
			got = append(got, s)
		}
		slices.Sort(got)
		text := strings.Join(got, ", ")
		if err != nil {
			text = "error"
		}
		if text != c.want {
			t.Errorf("%s: %s: %q, %v, want %q", c.name, c.text, text, err, c.want)
		}
	}
}

// A directory of this machine is read as it lies, without Git.
func TestForeignAsItLies(t *testing.T) {
	p := memoryProject(t)
	for name, text := range map[string]string{"/other/d/a": "1", "/other/d/.git/x": "no", "/other/d/s/b": "2"} {
		_ = p.host.FS.MkdirAll(name[:strings.LastIndex(name, "/")], 0o777)
		if err := fs.WriteFile(p.host.FS, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := p.GetData(t.Context(), ImportRequest{Import: graph.Import{Project: "../other", Path: "d/"}, Base: "/p"}, "/p/out")
	if err != nil || got.Files != 2 || got.Bytes != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	b, err := fs.ReadFile(p.host.FS, "/p/out/s/b")
	if err != nil || !bytes.Equal(b, []byte("2")) {
		t.Errorf("%s, %v", b, err)
	}
	_, err = p.GetData(t.Context(), ImportRequest{Import: graph.Import{Project: "/other", Path: "d/c"}}, "/p/out2")
	if err == nil || !strings.Contains(plainText(err), "d/c") {
		t.Errorf("%v", err)
	}
}

func memoryProject(t *testing.T) *Project {
	t.Helper()
	h := Host{FS: fs.Memory(), Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }, OS: "linux", Arch: "amd64", CPUs: 2}
	if err := h.FS.MkdirAll("/p/"+Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	p, err := Open(h, "/p")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func FuzzForeignFiles(f *testing.F) {
	f.Add([]byte("outs:\n- {md5: abababababababababababababababab, path: a}"), true)
	f.Add([]byte("stages:\n  a:\n    outs: [{path: ../x, md5: abababababababababababababababab}]"), false)
	f.Fuzz(func(t *testing.T, b []byte, single bool) {
		p := &foreign{view: fs.NewProject(fs.Memory(), "/p")}
		name := dvcLock
		if single {
			name = "x.dvc"
		}
		list, err := p.dvcTracks(name, b)
		for _, x := range list {
			if clean, cerr := fs.CleanProjectPath(".", x.path); err != nil || cerr != nil || clean != x.path || !x.dvc.dir && !isMD5(x.dvc.md5) {
				t.Errorf("%q is tracked, %v", x.path, err)
			}
		}
	})
}
