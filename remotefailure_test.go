package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/store/remote"
)

// TestRemoteFailure: whatever a remote says, a person hears which one it is, what was
// tried, and what to do.
func TestRemoteFailure(t *testing.T) {
	s3, err := config.ParseURL("s3://bucket/prefix", "")
	if err != nil {
		t.Fatal(err)
	}
	share, err := config.ParseURL("/mnt/share", "")
	if err != nil {
		t.Fatal(err)
	}
	open := config.Remote{Name: "origin", URL: s3}
	known := config.Remote{Name: "origin", URL: s3, Secrets: config.NewSecrets(map[string]string{"access_key_id": "AK"})}
	for _, c := range []struct {
		remote     config.Remote
		err        error
		code, says string
	}{
		{open, remote.ErrCredentials, "E-remote-credentials", "dewar remote login origin"},
		{open, remote.ErrDenied, "E-remote-denied", "No credentials are kept for it"},
		{known, remote.ErrDenied, "E-remote-denied", "access=read"},
		{config.Remote{Name: "origin", URL: share}, remote.ErrDenied, "E-remote-denied", "Its owner has to give you access"},
		{open, remote.ErrNoPlace, "E-remote-place", "dewar remote modify origin url=URL"},
		{config.Remote{Name: "origin", URL: share}, remote.ErrEmptied, "E-remote-place", "dewar push --recheck -r origin"},
		{open, remote.ErrFull, "E-remote-full", "Make room there"},
		{open, remote.ErrUnreachable, "E-remote-unreachable", "the network"},
		{open, remote.ErrConfig, "E-remote-config", "dewar remote modify origin"},
		{open, remote.ErrReadOnly, "E-remote-readonly", "Take another remote"},
		{config.Remote{Name: "origin", URL: s3, ReadOnly: true}, remote.ErrReadOnly, "E-remote-readonly", "access=write"},
		{open, errors.New("boom."), "E-remote-failed", "pushing failed: boom. Try it again"},
	} {
		err := dewar.RemoteFailure(&c.remote, "pushing", fmt.Errorf("put x: %w", c.err))
		if c.code == "E-remote-failed" {
			err = dewar.RemoteFailure(&c.remote, "pushing", c.err)
		}
		var f *diag.Failure
		if !errors.As(err, &f) || f.List[0].Code != c.code {
			t.Errorf("%v: %+v, want %s", c.err, err, c.code)
			continue
		}
		for _, text := range []string{"origin (" + c.remote.URL.Text + "): pushing failed: ", c.says} {
			if !strings.Contains(f.List[0].Detail, text) {
				t.Errorf("%v: %s\ndoes not say %q", c.err, f.List[0].Detail, text)
			}
		}
	}
	for _, err := range []error{nil, context.Canceled, fmt.Errorf("%w: disk", remote.ErrHere), &diag.Failure{}} {
		if got := dewar.RemoteFailure(&open, "pushing", err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
