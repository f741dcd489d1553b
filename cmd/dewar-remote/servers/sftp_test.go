package servers

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
)

// sshServer is OpenSSH's, for whoever runs the test, with a home directory in
// which ssh would find all it needs.
type sshServer struct {
	at    program.At
	home  string
	known string // the line of known_hosts
}

func openSSH(t testing.TB) sshServer {
	t.Helper()
	path, err := exec.LookPath("sshd")
	if err != nil {
		path = machinetest.Program(t, "/usr/sbin/sshd")
	}
	subsystem := machinetest.Program(t, "/usr/lib/openssh/sftp-server")
	who, err := user.Current()
	must(t, err)
	if who.Uid == "0" {
		must(t, os.MkdirAll("/run/sshd", 0o755)) // sshd has it fixed
	}
	base, n := t.TempDir(), port(t)
	must(t, os.Mkdir(filepath.Join(base, ".ssh"), 0o700))
	host := keyPair(t, filepath.Join(base, "host"))
	mine := keyPair(t, filepath.Join(base, ".ssh", "id_ed25519"))
	must(t, os.WriteFile(filepath.Join(base, "authorized"), ssh.MarshalAuthorizedKey(mine), 0o600))
	config := filepath.Join(base, "sshd.conf")
	must(t, os.WriteFile(config, fmt.Appendf(nil, sshConfig, n, base, base, base, subsystem), 0o600))
	serve(t, n, exec.Command(path, "-D", "-e", "-f", config))
	address := fmt.Sprint("127.0.0.1:", n)
	s := sshServer{home: base, known: knownhosts.Line([]string{address}, host) + "\n"}
	must(t, os.Mkdir(filepath.Join(base, "data"), 0o755))
	s.at = program.At{URL: fmt.Sprintf("sftp://%s@%s%s", who.Username, address, filepath.Join(base, "data"))}
	return s
}

const sshConfig = `
Port %d
ListenAddress 127.0.0.1
HostKey %s/host
PidFile %s/pid
AuthorizedKeysFile %s/authorized
Subsystem sftp %s
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
`

func keyPair(t testing.TB, file string) ssh.PublicKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	must(t, err)
	must(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	p, err := ssh.NewPublicKey(public)
	must(t, err)
	return p
}

// command finds the key and the known host where ssh does.
func (s sshServer) command(t testing.TB, known string) program.Command {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(s.home, ".ssh", "known_hosts"), []byte(known), 0o600))
	return command(t, "HOME="+s.home)
}

func TestSFTP_openssh(t *testing.T) {
	s := openSSH(t)
	suite(t, s.command(t, s.known), s.at)
	left, err := filepath.Glob(filepath.Join(s.home, "data", "*", "tmp", "*"))
	if must(t, err); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

func TestSFTP_mistakes(t *testing.T) {
	s := openSSH(t)
	stranger := keyPair(t, filepath.Join(t.TempDir(), "key"))
	address := strings.Split(strings.Split(s.at.URL, "@")[1], "/")[0]
	missing := s.at
	missing.URL = fmt.Sprint("sftp://127.0.0.1:", port(t), "/x")
	missing.Options = map[string]string{"known_hosts_file": "none"}
	nobody := s.at
	nobody.URL = strings.Replace(s.at.URL, "@", "-nobody@", 1)
	for name, c := range map[string]struct {
		known string
		at    program.At
		want  error
		says  string
	}{
		"an unknown host":    {"", s.at, remote.ErrConfig, "is not in ~/.ssh/known_hosts"},
		"another host's key": {knownhosts.Line([]string{address}, stranger) + "\n", s.at, remote.ErrDenied, "key mismatch"},
		"nobody listens":     {s.known, missing, remote.ErrUnreachable, "refused"},
		"an unknown user":    {s.known, nobody, remote.ErrDenied, "unable to authenticate"},
	} {
		_, err := program.Open(t.Context(), s.command(t, c.known), c.at)
		if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: the error is %v, want %q with %q", name, err, c.want, c.says)
		}
		t.Log(err)
	}
}
