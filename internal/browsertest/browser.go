// Package browsertest opens pages in a browser without a window, as a person
// would: a page runs its scripts, is asked what it shows, clicked, and
// photographed. A test sees everything that a page said in its console and every
// address that it tried to reach.
//
// The browser is spoken to in its DevTools protocol over a pair of pipes, which
// needs no port, no other process and no library. Only tests import this package.
package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
)

// Browser is one that runs until the test ends.
type Browser struct {
	t    testing.TB
	conn *conn
	lost bool // something asked for was not answered
}

// flags make a browser that keeps to itself: it asks nobody for updates, and
// resolves no name, should a page find a way to ask for one.
var flags = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--disable-sync",
	"--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars", "--window-size=1300,1000", "--remote-debugging-pipe",
}

// Start starts a browser, or ends the test if this machine has none.
func Start(t testing.TB) *Browser {
	t.Helper()
	if runtime.GOOS == "windows" {
		machinetest.Lacks(t, "the browser is spoken to over pipes that this system does not have")
	}
	program := machinetest.Program(t, "chromium")
	toBrowser, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd := exec.Command(program, append(flags, "--user-data-dir="+t.TempDir())...)
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // 3 and 4, as the flag wants them
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = toBrowser.Close(), fromBrowser.Close() // the browser has its own
	b := &Browser{t: t, conn: newConn(ours, answers)}
	t.Cleanup(func() {
		b.conn.send("", "Browser.close", nil)
		_ = ours.Close()
		_ = cmd.Wait()
		_ = answers.Close()
		if b.lost {
			t.Logf("%s:\n%s", program, said.String())
		}
	})
	return b
}

// call asks the browser for something, for a page or for itself.
func (b *Browser) call(session, method string, params, result any) {
	b.t.Helper()
	raw, err := b.conn.call(session, method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(raw, result)
	}
	if err != nil {
		b.lost = true
		b.t.Fatal(fmt.Errorf("%s: %w", method, err))
	}
}
