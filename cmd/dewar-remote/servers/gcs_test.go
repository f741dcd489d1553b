package servers

import (
	"errors"
	"fmt"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
)

func fakeGCS(t testing.TB) *fakestorage.Server {
	t.Helper()
	n := port(t)
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{
		Scheme: "http", Host: "127.0.0.1", Port: uint16(n), ExternalURL: fmt.Sprint("http://127.0.0.1:", n), StorageRoot: t.TempDir(),
	})
	must(t, err)
	t.Cleanup(server.Stop)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "bucket"})
	return server
}

func TestGCS(t *testing.T) {
	server := fakeGCS(t)
	suite(t, command(t, "STORAGE_EMULATOR_HOST="+server.URL()), program.At{URL: "gs://bucket"})
}

func TestGCS_mistakes(t *testing.T) {
	server := fakeGCS(t)
	p := open(t, command(t, "STORAGE_EMULATOR_HOST="+server.URL()), program.At{URL: "gs://elsewhere/x"})
	_, err := p.Stat(t.Context(), []string{"version"})
	if !errors.Is(err, remote.ErrNoPlace) {
		t.Errorf("no such bucket: %v", err)
	}
	t.Log(err)
	// Whether this is a machine of Google's is found out by asking one that is not there.
	_, err = program.Open(t.Context(), command(t, "GCE_METADATA_HOST=127.0.0.1:1"), program.At{URL: "gs://bucket"})
	if err == nil {
		_, err = open(t, command(t, "GCE_METADATA_HOST=127.0.0.1:1"), program.At{URL: "gs://bucket"}).Stat(t.Context(), []string{"version"})
	}
	if !errors.Is(err, remote.ErrCredentials) {
		t.Errorf("no credentials: %v", err)
	}
	t.Log(err)
}
