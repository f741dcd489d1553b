package dewar

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

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
	f := &stranger{p: p}
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
		conf := &dvc.Config{}
		conf.Read([]byte("[remote \"r\"]\n"+c.settings), "", true)
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
