package servers

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
	"github.com/dewar-build/dewar/store/remote/program"
)

// apache serves a directory: below /dav/ by WebDAV to whoever has the password,
// below /files/ to be read by everybody.
func apache(t testing.TB) (port_ int, root string) {
	t.Helper()
	path, err := exec.LookPath("apache2")
	if err != nil {
		path = machinetest.Program(t, "/usr/sbin/apache2")
	}
	base, n := t.TempDir(), port(t)
	must(t, os.Chmod(base, 0o755))
	must(t, os.Chmod(filepath.Dir(base), 0o755))
	root = filepath.Join(base, "root")
	for _, d := range []string{root, filepath.Join(base, "locks")} {
		must(t, os.Mkdir(d, 0o777))
		must(t, os.Chmod(d, 0o777))
	}
	// me:hunter22, as htpasswd -s writes it.
	must(t, os.WriteFile(filepath.Join(base, "users"), []byte("me:{SHA}YLOvi/43NWI8fUpe90m7asGkQTo=\n"), 0o644))
	config := filepath.Join(base, "apache.conf")
	must(t, os.WriteFile(config, []byte(strings.NewReplacer("BASE", base, "ROOT", root, "PORT", fmt.Sprint(n)).Replace(apacheConfig)), 0o644))
	serve(t, n, exec.Command(path, "-X", "-f", config))
	return n, root
}

const apacheConfig = `
ServerName localhost
Listen 127.0.0.1:PORT
PidFile BASE/pid
ErrorLog BASE/errors
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule dav_module /usr/lib/apache2/modules/mod_dav.so
LoadModule dav_fs_module /usr/lib/apache2/modules/mod_dav_fs.so
User www-data
Group www-data
DavLockDB BASE/locks/db
DocumentRoot ROOT
Alias /dav ROOT
Alias /files ROOT
<Directory ROOT>
  Options Indexes
  Require all granted
</Directory>
<Location /dav>
  Dav On
  AuthType Basic
  AuthName test
  AuthUserFile BASE/users
  Require valid-user
</Location>
`

func davAt(n int) program.At {
	return program.At{URL: fmt.Sprintf("webdav://me@127.0.0.1:%d/dav", n), Secrets: map[string]string{"pass": "hunter22"}}
}

func TestWebDAV_apache(t *testing.T) {
	n, root := apache(t)
	suite(t, command(t), davAt(n))
	left := 0
	must(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(strings.TrimPrefix(path, root), "/tmp/") {
			left++
		}
		return err
	}))
	if left > 0 {
		t.Errorf("%d temporary objects are left", left)
	}
}

func TestWebDAV_rclone(t *testing.T) {
	path, err := built.clone()
	must(t, err)
	n := port(t)
	serve(t, n, exec.Command(path, "serve", "webdav", "--config", filepath.Join(t.TempDir(), "none"), "--addr", fmt.Sprint("127.0.0.1:", n), t.TempDir()))
	suite(t, command(t), program.At{URL: fmt.Sprintf("webdav://127.0.0.1:%d/some/where", n)})
}

func TestWebDAV_mistakes(t *testing.T) {
	n, _ := apache(t)
	wrong := davAt(n)
	wrong.Secrets = map[string]string{"pass": "another-word"}
	none := davAt(n)
	none.Secrets = nil
	for name, c := range map[string]struct {
		at   program.At
		want error
	}{
		"a wrong password": {wrong, remote.ErrDenied},
		"no password":      {none, remote.ErrCredentials},
		"nobody listens":   {davAt(port(t)), remote.ErrUnreachable},
	} {
		p, err := program.Open(t.Context(), command(t), c.at)
		if err == nil {
			_, err = p.Stat(t.Context(), []string{"version"})
			_ = p.Close()
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, c.want)
		}
		t.Log(err)
	}
}

// pushed is a directory with a store's objects in it, to be served.
func pushed(t *testing.T, root string) *work {
	w := newWork(t)
	w.push(dir.New(fs.OS(), root))
	return w
}

func TestHTTP_apache(t *testing.T) {
	n, root := apache(t)
	w := pushed(t, root)
	p := open(t, command(t), program.At{URL: fmt.Sprintf("http://127.0.0.1:%d/files", n)})
	if !p.Traits().ReadOnly {
		t.Error("it is not read-only")
	}
	w.fetch(p)
	readOnly(t, p, true)
}

// Python's server gives no parts of files and has no index of what it was not asked for.
func TestHTTP_python(t *testing.T) {
	python := machinetest.Program(t, "python3")
	root, n := t.TempDir(), port(t)
	w := pushed(t, root)
	serve(t, n, exec.Command(python, "-m", "http.server", "--bind", "127.0.0.1", "--directory", root, fmt.Sprint(n)))
	p := open(t, command(t), program.At{URL: fmt.Sprintf("http://127.0.0.1:%d", n)})
	w.fetch(p)
	readOnly(t, p, false)
}

// readOnly looks at what a place does that can only be read, and that has a version.
func readOnly(t *testing.T, p *program.Place, parts bool) {
	t.Helper()
	const layout = "dewar store 1\n"
	file := filepath.Join(t.TempDir(), "file")
	sizes, err := p.Stat(t.Context(), []string{"version", "cas/none"})
	must(t, err)
	if sizes[0] != int64(len(layout)) || sizes[1] != remote.Absent {
		t.Errorf("the sizes are %v", sizes)
	}
	must(t, os.WriteFile(file, []byte(layout[:5]), 0o600))
	must(t, p.Get(t.Context(), "version", file, 5, int64(len(layout)), nil))
	must(t, p.GetRange(t.Context(), "version", file, 6, 5))
	if got, _ := os.ReadFile(file); string(got) != layout+"store" {
		t.Errorf("it holds %q", got)
	}
	if err := p.Get(t.Context(), "cas/none", file, 0, 5, nil); !errors.Is(err, remote.ErrAbsent) {
		t.Errorf("get of what is not there: %v", err)
	}
	if err := p.Get(t.Context(), "version", file, 0, 3, nil); !errors.Is(err, remote.ErrSize) {
		t.Errorf("get of a part that is said to be all: %v", err)
	}
	if err := p.Put(t.Context(), "cas/x", file, 1, nil); !errors.Is(err, remote.ErrReadOnly) {
		t.Errorf("put: %v", err)
	}
	if err := p.Remove(t.Context(), []string{"version"}); !errors.Is(err, remote.ErrReadOnly) {
		t.Errorf("remove: %v", err)
	}
}

// A header with a token is a secret, and is sent.
func TestHTTP_header(t *testing.T) {
	root := t.TempDir()
	w := pushed(t, root)
	files := http.FileServer(http.Dir(root))
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer abcd1234" {
			http.Error(rw, "no", http.StatusForbidden)
			return
		}
		files.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	at := program.At{URL: server.URL, Secrets: map[string]string{"headers": "Authorization,Bearer abcd1234"}}
	w.fetch(open(t, command(t), at))
	at.Secrets = nil
	_, err := open(t, command(t), at).Stat(t.Context(), []string{"version"})
	if !errors.Is(err, remote.ErrDenied) {
		t.Errorf("the error is %v", err)
	}
}
