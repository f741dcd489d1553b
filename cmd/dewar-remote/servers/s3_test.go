package servers

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
)

var s3Secrets = map[string]string{"access_key_id": "ACCESSKEY12", "secret_access_key": "SECRETKEY12"}

// gofake is gofakes3's server with one bucket. It looks at no signature.
func gofake(t testing.TB) program.At {
	backend := s3mem.New()
	must(t, backend.CreateBucket("bucket"))
	server := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(server.Close)
	return program.At{URL: "s3://bucket", Options: map[string]string{"endpoint": server.URL, "force_path_style": "true"}, Secrets: s3Secrets}
}

// rcloneS3 is rclone's server with one bucket. It looks at signatures.
func rcloneS3(t testing.TB) program.At {
	path, err := built.clone()
	must(t, err)
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "bucket"), 0o755))
	n := port(t)
	serve(t, n, exec.Command(path, "serve", "s3", "--config", filepath.Join(t.TempDir(), "none"), "--addr", fmt.Sprint("127.0.0.1:", n), "--auth-key", "ACCESSKEY12,SECRETKEY12", dir))
	return program.At{
		URL:     "s3://bucket",
		Options: map[string]string{"endpoint": fmt.Sprint("http://127.0.0.1:", n), "provider": "Rclone"},
		Secrets: s3Secrets,
	}
}

func TestS3_gofakes3(t *testing.T) { suite(t, command(t), gofake(t)) }
func TestS3_rclone(t *testing.T)   { suite(t, command(t), rcloneS3(t)) }

// Credentials and the endpoint are taken from the variables that people have set.
func TestS3_environment(t *testing.T) {
	at := rcloneS3(t)
	c := command(t, "AWS_ACCESS_KEY_ID=ACCESSKEY12", "AWS_SECRET_ACCESS_KEY=SECRETKEY12", "AWS_ENDPOINT_URL="+at.Options["endpoint"])
	at = below(program.At{URL: at.URL})
	w := newWork(t)
	w.push(open(t, c, at))
	w.fetch(open(t, c, at))
}

func TestS3_mistakes(t *testing.T) {
	good := rcloneS3(t)
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, []byte("x"), 0o600))
	with := func(secrets map[string]string, more ...string) program.At {
		at := program.At{URL: good.URL, Options: map[string]string{}, Secrets: secrets}
		for k, v := range good.Options {
			at.Options[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			at.Options[more[i]] = more[i+1]
		}
		return at
	}
	wrong := map[string]string{"access_key_id": "ACCESSKEY12", "secret_access_key": "a-wrong-secret"}
	bucket := with(s3Secrets)
	bucket.URL = "s3://elsewhere/x"
	for name, c := range map[string]struct {
		at   program.At
		want error
	}{
		"a wrong secret":         {with(wrong), remote.ErrDenied},
		"an unknown id":          {with(map[string]string{"access_key_id": "NOBODY", "secret_access_key": "whatever"}), remote.ErrDenied},
		"no credentials":         {with(nil), remote.ErrCredentials},
		"no such bucket":         {bucket, remote.ErrNoPlace},
		"nobody listens":         {with(s3Secrets, "endpoint", fmt.Sprint("http://127.0.0.1:", port(t))), remote.ErrUnreachable},
		"no such host":           {with(s3Secrets, "endpoint", "http://nowhere.invalid"), remote.ErrNoPlace},
		"https, which it is not": {with(s3Secrets, "endpoint", strings.Replace(good.Options["endpoint"], "http", "https", 1)), remote.ErrConfig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := program.Open(t.Context(), command(t), c.at)
			if err == nil {
				defer p.Close()
				_, err = p.Stat(t.Context(), []string{"version"})
				if put := p.Put(t.Context(), "cas/x", file, 1, nil); !errors.Is(put, c.want) {
					t.Errorf("put gives %v, want %q", put, c.want)
				}
			}
			if !errors.Is(err, c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
			for _, secret := range []string{"SECRETKEY12", "a-wrong-secret"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%q has a secret in it", err)
				}
			}
			t.Log(err)
		})
	}
}
