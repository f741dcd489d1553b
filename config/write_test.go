package config_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

func setURL(name string) func(*config.Editor) error {
	return func(e *config.Editor) error {
		e.Set("remote", name, "url", config.Text("s3://"+name))
		return nil
	}
}

func read(t *testing.T, fsys fs.FS, name string) string {
	t.Helper()
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestChange_modes(t *testing.T) {
	m := write(t, "", "", "")
	for s, mode := range map[config.Scope]string{config.User: "-rw-------", config.Project: "-rw-r--r--", config.Local: "-rw-------"} {
		if err := config.Change(m, places, s, setURL("o")); err != nil {
			t.Fatal(err)
		}
		info, err := m.Stat(places.Path(s))
		if err != nil || info.Mode.String() != mode {
			t.Errorf("%s: %v, %v, want %s", s, info.Mode, err, mode)
		}
	}
}

func TestChange_hides(t *testing.T) {
	for was, want := range map[string]string{
		"":                               "config.local.hcl\n",
		"*\n!.gitignore\n!config.hcl\n":  "*\n!.gitignore\n!config.hcl\n",
		"*\n!*.hcl\n":                    "*\n!*.hcl\nconfig.local.hcl\n",
		"/cache":                         "/cache\nconfig.local.hcl\n",
		"config.local.hcl \r\n":          "config.local.hcl \r\n",
		"config.local.hcl\n!config.*\n":  "config.local.hcl\n!config.*\nconfig.local.hcl\n",
		"# config.local.hcl\n!cache.hcl": "# config.local.hcl\n!cache.hcl\nconfig.local.hcl\n",
	} {
		m := write(t, "", "", "")
		name := filepath.Join(places.Dir, ".gitignore")
		if err := fs.WriteFile(m, name, []byte(was)); err != nil {
			t.Fatal(err)
		}
		if err := config.Change(m, places, config.Local, setURL("o")); err != nil {
			t.Fatal(err)
		}
		if got := read(t, m, name); got != want {
			t.Errorf("%q became %q, want %q", was, got, want)
		}
	}
}

// TestChange_together: nobody's change is lost.
func TestChange_together(t *testing.T) {
	m := write(t, "", "", "")
	var all sync.WaitGroup
	names := strings.Split("abcdefgh", "")
	for _, name := range names {
		all.Go(func() {
			if err := config.Change(m, places, config.Project, setURL(name)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	c, ds := config.Read(m, places)
	if len(ds) > 0 || strings.Join(c.Names(), "") != "abcdefgh" {
		t.Errorf("%v, %v", c.Names(), ds)
	}
}

func TestChange_link(t *testing.T) {
	disk := fs.OS()
	dir := t.TempDir()
	p := config.Places{User: filepath.Join(dir, "config", "config.hcl")}
	kept := filepath.Join(dir, "dotfiles.hcl")
	for _, err := range []error{
		disk.MkdirAll(filepath.Dir(p.User), 0o777),
		fs.WriteFile(disk, kept, []byte("# mine\n")),
		disk.Symlink("../dotfiles.hcl", p.User),
		config.Change(disk, p, config.User, setURL("o")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if info, err := disk.Lstat(p.User); err != nil || !info.IsSymlink() {
		t.Errorf("the link is gone: %v, %v", info.Mode, err)
	}
	if got := read(t, disk, kept); !strings.HasPrefix(got, "# mine\n") || !strings.Contains(got, "s3://o") {
		t.Errorf("%q", got)
	}
}

func TestChange_broken(t *testing.T) {
	const broken = "remote \"o\" {\n  secrets = { pass = hunter2 hunter2 }\n}\n"
	m := write(t, "", broken, broken)
	for _, s := range []config.Scope{config.Project, config.Local} {
		err := config.Change(m, places, s, setURL("o"))
		var f *diag.Failure
		if !errors.As(err, &f) || f.List[0].Code != "E-syntax" || f.List[0].Span.File != places.Name(s) || f.List[0].Span.Masked != s.Private() {
			t.Errorf("%s: %+v", s, err)
		}
		if got := read(t, m, places.Path(s)); got != broken {
			t.Errorf("it became %q", got)
		}
	}
}
