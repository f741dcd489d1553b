package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lsp/wire"
	"github.com/rogpeppe/go-internal/txtar"
)

// editor is a client that a test writes: it speaks the protocol over pipes.
type editor struct {
	t       *testing.T
	dir     string
	out     *wire.Writer
	in      chan *wire.Message
	raw     io.WriteCloser
	calls   int
	version map[string]int
	done    chan error
	seen    map[string]int          // by file, the version that was evaluated last
	said    map[string][]diagnostic // by file, what was published last
}

// start begins a session in a project that holds the files of an archive.
func start(t *testing.T, archive string) *editor {
	return startWith(t, archive, `{"textDocument":{"completion":{"completionItem":{"snippetSupport":true}},"publishDiagnostics":{"relatedInformation":true},"documentSymbol":{"hierarchicalDocumentSymbolSupport":true}}}`)
}

func startWith(t *testing.T, archive, capabilities string) *editor {
	t.Helper()
	e := connect(t, archive)
	e.ask("initialize", json.RawMessage(`{"capabilities":`+capabilities+`,"workspaceFolders":[{"uri":"`+uriOf(e.dir)+`"}]}`), nil)
	e.tell("initialized", struct{}{})
	return e
}

// connect begins a session and says nothing yet.
func connect(t *testing.T, archive string) *editor {
	t.Helper()
	dir := t.TempDir()
	osfs := fs.OS()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := osfs.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := fs.WriteFile(osfs, name, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	h := Host{
		FS: osfs, LookupEnv: func(string) (string, bool) { return "", false },
		Root: func(at string) (string, bool) {
			return dir, at == dir || strings.HasPrefix(at, dir+string(filepath.Separator))
		},
		After: soon,
	}
	return serve(t, dir, h)
}

// soon lets no time pass before what waits for typing, and all of it before the rest.
func soon(d time.Duration, f func()) func() {
	if d <= typing {
		f()
	}
	return func() {}
}

func serve(t *testing.T, dir string, h Host) *editor {
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	e := &editor{t: t, dir: dir, out: wire.NewWriter(fromClient), raw: fromClient, in: make(chan *wire.Message, 1000), done: make(chan error, 1), version: map[string]int{}, said: map[string][]diagnostic{}, seen: map[string]int{}}
	go func() {
		e.done <- Serve(context.Background(), h, toServer, fromServer)
		_ = fromServer.Close()
	}()
	go func() {
		defer close(e.in)
		for r := bufio.NewReader(toClient); ; {
			m, err := wire.Read(r)
			if err != nil {
				return
			}
			e.in <- m
		}
	}()
	t.Cleanup(func() {
		_ = fromClient.Close()
		for range e.in { // until the server is gone
		}
	})
	return e
}

func (e *editor) uri(name string) string {
	return uriOf(filepath.Join(e.dir, filepath.FromSlash(name)))
}

func (e *editor) tell(method string, params any) {
	e.t.Helper()
	if err := e.out.Notify(method, params); err != nil {
		e.t.Fatal(err)
	}
}

// ask sends a request and decodes the answer into result.
func (e *editor) ask(method string, params, result any) {
	e.t.Helper()
	if failure := e.try(method, params, result); failure != nil {
		e.t.Fatalf("%s: %v", method, failure)
	}
}

// try sends a request and returns what went wrong.
func (e *editor) try(method string, params, result any) *wire.Error {
	e.t.Helper()
	e.calls++
	if err := e.out.Request(e.calls, method, params); err != nil {
		e.t.Fatal(err)
	}
	id := fmt.Sprint(e.calls)
	for {
		m := e.next()
		if m.Method != "" || string(m.ID) != id {
			continue
		}
		if m.Error != nil {
			return m.Error
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				e.t.Fatal(err)
			}
		}
		return nil
	}
}

// next is the next message of the server; what is published is kept.
func (e *editor) next() *wire.Message {
	e.t.Helper()
	m, ok := <-e.in
	if !ok {
		e.t.Fatal("the server is gone")
	}
	if m.Method == "textDocument/publishDiagnostics" {
		var p publishParams
		if err := json.Unmarshal(m.Params, &p); err != nil {
			e.t.Fatal(err)
		}
		name := strings.TrimPrefix(p.URI, uriOf(e.dir)+"/")
		if e.said[name] = p.Diagnostics; p.Version != nil {
			e.seen[name] = *p.Version
		}
	}
	return m
}

// open opens a file with a text, and waits for what is said of its pipeline.
func (e *editor) open(name, text string) {
	e.t.Helper()
	e.version[name] = 1
	e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri(name), Version: 1, Text: text}})
	e.settle(name)
}

// change replaces the text of a file.
func (e *editor) change(name, text string) {
	e.t.Helper()
	e.edit(name, contentChange{Text: text})
	e.settle(name)
}

func (e *editor) edit(name string, changes ...contentChange) {
	e.t.Helper()
	e.version[name]++
	e.tell("textDocument/didChange", didChangeParams{documentID{e.uri(name), e.version[name]}, changes})
}

// settle waits until this version of a file has been evaluated.
func (e *editor) settle(name string) {
	e.t.Helper()
	for e.seen[name] < e.version[name] {
		e.next()
	}
}

// mark finds the mark | in a text: it returns the text without it, and where it stood.
func mark(text string) (string, position) {
	before, after, _ := strings.Cut(text, "|")
	return before + after, newDocument(before + after).position(len(before))
}

func (e *editor) at(name string, p position) placeParams {
	return placeParams{documentID{URI: e.uri(name)}, p}
}

// labels completes at the mark of a text that replaces that of pipeline.hcl.
func (e *editor) labels(text string) []string {
	e.t.Helper()
	var out []string
	for _, x := range e.items(text) {
		out = append(out, x.Label)
	}
	return out
}

func (e *editor) items(text string) []completionItem {
	e.t.Helper()
	text, at := mark(text)
	if e.version["pipeline.hcl"] == 0 {
		e.open("pipeline.hcl", text)
	} else {
		e.change("pipeline.hcl", text)
	}
	var l completionList
	e.ask("textDocument/completion", e.at("pipeline.hcl", at), &l)
	return l.Items
}
