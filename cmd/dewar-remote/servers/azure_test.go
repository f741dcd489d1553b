package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
)

// azureKey is the one that every emulator of Azure has.
const azureKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// azurite is Microsoft's emulator. DEWAR_AZURITE is the directory that npm
// installed it into.
func azurite(t testing.TB) program.At {
	t.Helper()
	dir := os.Getenv("DEWAR_AZURITE")
	if dir == "" {
		machinetest.Lacks(t, "DEWAR_AZURITE does not say where npm installed azurite")
	}
	n := port(t)
	serve(t, n, exec.Command(machinetest.Program(t, "node"), filepath.Join(dir, "node_modules", "azurite", "dist", "src", "blob", "main.js"),
		"--skipApiVersionCheck", "--inMemoryPersistence", "--disableTelemetry", "--silent", "--blobHost", "127.0.0.1", "--blobPort", fmt.Sprint(n)))
	return program.At{
		URL:     "azure://bucket",
		Options: map[string]string{"account": "devstoreaccount1", "endpoint": fmt.Sprintf("http://127.0.0.1:%d/devstoreaccount1", n)},
		Secrets: map[string]string{"key": azureKey},
	}
}

// container makes one, by the only client of Azure that is here.
func container(t testing.TB, at program.At) {
	t.Helper()
	path, err := built.clone()
	must(t, err)
	out, err := exec.Command(path, "--config", filepath.Join(t.TempDir(), "none"), "mkdir",
		fmt.Sprintf(":azureblob,account=%s,endpoint='%s',key='%s':bucket", at.Options["account"], at.Options["endpoint"], azureKey)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestAzure(t *testing.T) {
	at := azurite(t)
	container(t, at)
	suite(t, command(t), at)
	t.Run("environment", func(t *testing.T) {
		connection := fmt.Sprintf("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=%s;BlobEndpoint=%s;", azureKey, at.Options["endpoint"])
		c, there := command(t, "AZURE_STORAGE_CONNECTION_STRING="+connection), below(program.At{URL: at.URL})
		w := newWork(t)
		w.push(open(t, c, there))
		w.fetch(open(t, c, there))
	})
}

func TestAzure_mistakes(t *testing.T) {
	at := azurite(t)
	wrong := at
	wrong.Secrets = map[string]string{"key": "d3Jvbmcga2V5IHdyb25nIGtleSB3cm9uZyBrZXk="}
	for name, c := range map[string]struct {
		at   program.At
		want error
	}{
		"no such container": {at, remote.ErrNoPlace},
		"a wrong key":       {wrong, remote.ErrDenied},
		"no account":        {program.At{URL: "azure://bucket"}, remote.ErrConfig},
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
