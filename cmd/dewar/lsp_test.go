package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lsp/wire"
)

// TestLSP speaks with the real program, as an editor starts it.
func TestLSP(t *testing.T) {
	bin, err := exec.LookPath("dewar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".dewar"), 0o777); err != nil {
		t.Fatal(err)
	}
	uri := "file://" + filepath.ToSlash(dir) + "/pipeline.hcl"
	session := func(last ...string) (said string, code int) {
		cmd := exec.Command(bin, "lsp", "--stdio")
		cmd.Dir = t.TempDir() // an editor starts it anywhere
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w, r := wire.NewWriter(in), bufio.NewReader(out)
		send := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		send(w.Request(1, "initialize", json.RawMessage(`{"processId":1,"capabilities":{},"rootUri":null}`)))
		send(w.Notify("initialized", json.RawMessage(`{}`)))
		send(w.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "hcl", "version": 1, "text": "stage \"a\" {\n  command = [param.x]\n}\n"}}))
		for said == "" {
			m, err := wire.Read(r)
			if err != nil {
				t.Fatalf("%v; it says: %s", err, &stderr)
			}
			if m.Method == "textDocument/publishDiagnostics" {
				said = string(m.Params)
			}
		}
		for i, method := range last {
			if method == "exit" {
				send(w.Notify(method, nil))
			} else {
				send(w.Request(2+i, method, nil))
			}
		}
		_ = in.Close()
		err = cmd.Wait()
		var status *exec.ExitError
		if err != nil && !errors.As(err, &status) {
			t.Fatal(err)
		}
		if stderr.Len() > 0 {
			t.Errorf("it says: %s", &stderr)
		}
		return said, cmd.ProcessState.ExitCode()
	}
	said, code := session("shutdown", "exit")
	if code != 0 || !strings.Contains(said, `"code":"E-ref-unknown"`) || !strings.Contains(said, uri) {
		t.Errorf("exit %d; published %s", code, said)
	}
	if _, code := session("exit"); code != 1 {
		t.Errorf("exit %d without a shutdown", code)
	}
	if _, code := session(); code != 1 {
		t.Errorf("exit %d when the client is gone", code)
	}
}
