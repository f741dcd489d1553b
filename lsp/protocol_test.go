package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lsp/wire"
	"github.com/google/go-cmp/cmp"
)

func TestSession_order(t *testing.T) {
	e := connect(t, project)
	if f := e.try("textDocument/hover", struct{}{}, nil); f == nil || f.Code != wire.ServerNotInitialized {
		t.Errorf("before initialize: %v", f)
	}
	e.ask("initialize", json.RawMessage(`{"capabilities":{}}`), nil)
	if f := e.try("initialize", struct{}{}, nil); f == nil || f.Code != wire.InvalidRequest {
		t.Errorf("a second initialize: %v", f)
	}
	if f := e.try("textDocument/unheardOf", struct{}{}, nil); f == nil || f.Code != wire.MethodNotFound {
		t.Errorf("an unknown method: %v", f)
	}
	if f := e.try("textDocument/hover", []int{1}, nil); f == nil || f.Code != wire.InvalidParams {
		t.Errorf("params of another kind: %v", f)
	}
	e.tell("$/unheardOf", struct{}{})
	e.ask("shutdown", nil, nil)
	if f := e.try("textDocument/hover", struct{}{}, nil); f == nil || f.Code != wire.InvalidRequest {
		t.Errorf("after shutdown: %v", f)
	}
	e.tell("exit", nil)
	if err := <-e.done; err != nil {
		t.Error(err)
	}
}

func TestSession_exitWithoutShutdown(t *testing.T) {
	e := start(t, project)
	e.tell("exit", nil)
	if err := <-e.done; !errors.Is(err, ErrNoShutdown) {
		t.Error(err)
	}
	e = start(t, project)
	_ = e.raw.Close()
	if err := <-e.done; !errors.Is(err, ErrNoShutdown) {
		t.Error(err)
	}
}

// A message that is none is answered, and the session goes on.
func TestSession_malformed(t *testing.T) {
	e := start(t, project)
	for _, c := range []struct {
		body string
		code int
	}{
		{`{`, wire.ParseError},
		{`[]`, wire.InvalidRequest},
		{`{"id":1,"method":"x"}`, wire.InvalidRequest},
		{`{"jsonrpc":"2.0","id":{},"method":"x"}`, wire.InvalidRequest},
	} {
		if _, err := fmt.Fprintf(e.raw, "Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s", len(c.body), c.body); err != nil {
			t.Fatal(err)
		}
		if m := e.next(); m.Error == nil || m.Error.Code != c.code {
			t.Errorf("%s: got %+v", c.body, m)
		}
	}
	e.ask("workspace/symbol", workspaceSymbolParams{"x"}, nil)
	if _, err := io.WriteString(e.raw, "Content-Length: many\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-e.done; !errors.Is(err, wire.ErrHeader) {
		t.Error(err)
	}
}

// A mistake of ours ends a request, not the session.
func TestSession_panic(t *testing.T) {
	e := start(t, project)
	s := &server{initialized: true}
	_, failure := s.requested(context.Background(), &wire.Message{ID: json.RawMessage("1"), Method: "textDocument/hover", Params: json.RawMessage(`{"textDocument":{"uri":"file:///pipeline.hcl"}}`)})
	if failure == nil || failure.Code != wire.InternalError || !strings.Contains(failure.Message, "bug in dewar") {
		t.Errorf("got %v", failure)
	}
	if err := guarded(func() { panic("lost") }); err == nil {
		t.Error("a panic of an evaluation is lost")
	}
	e.ask("shutdown", nil, nil)
}

// slowFS keeps whoever asks for a certain file waiting.
type slowFS struct {
	fs.FS
	name    string
	waiting chan struct{}
	release chan struct{}
}

func (f slowFS) ReadDir(name string) ([]fs.Entry, error) {
	if filepath.Base(name) == f.name {
		f.waiting <- struct{}{}
		<-f.release
	}
	return f.FS.ReadDir(name)
}

// Requests that are cancelled while they wait are not carried out, and the one that is
// being carried out answers that it was.
func TestSession_cancel(t *testing.T) {
	e := connect(t, project+"-- slow/x --\n")
	slow := slowFS{fs.OS(), "slow", make(chan struct{}, 1), make(chan struct{})}
	h := Host{FS: slow, Root: func(string) (string, bool) { return e.dir, true }, After: func(_ time.Duration, f func()) func() { f(); return func() {} }}
	e = serve(t, e.dir, h)
	e.ask("initialize", json.RawMessage(`{"capabilities":{},"rootUri":"`+uriOf(e.dir)+`"}`), nil)
	send := func(id int, method string, p any) {
		if err := e.out.Request(id, method, p); err != nil {
			t.Fatal(err)
		}
	}
	send(100, "workspace/symbol", workspaceSymbolParams{""})
	<-slow.waiting
	send(101, "workspace/symbol", workspaceSymbolParams{""})
	send(102, "textDocument/hover", e.at("pipeline.hcl", position{}))
	e.tell("$/cancelRequest", cancelParams{json.RawMessage("100")})
	e.tell("$/cancelRequest", cancelParams{json.RawMessage("101")})
	e.tell("$/cancelRequest", cancelParams{json.RawMessage("999")})
	// The reader takes one message after the other: this one is behind the cancellations.
	send(103, "textDocument/hover", e.at("pipeline.hcl", position{}))
	e.tell("$/unheardOf", struct{}{})
	e.tell("$/unheardOf", struct{}{})
	close(slow.release)
	got := map[string]int{}
	for len(got) < 4 {
		m := e.next()
		if m.Method != "" {
			continue
		}
		got[string(m.ID)] = 0
		if m.Error != nil {
			got[string(m.ID)] = m.Error.Code
		}
	}
	if diff := cmp.Diff(map[string]int{"100": wire.RequestCancelled, "101": wire.RequestCancelled, "102": 0, "103": 0}, got); diff != "" {
		t.Error(diff)
	}
}

// Ranges count in UTF-16, in the middle of emoji and of Windows' lines.
func TestIncrementalSync(t *testing.T) {
	e := start(t, project)
	text := "# 😀😀 日本\r\nparam \"a\" {\r\n  type = int\r\n  default = 1\r\n}\r\nlocals {\r\n  x = \"😀日${param.a}${param.b}\"\r\n}\r\n"
	e.open("pipeline.hcl", text)
	want := textRange{position{6, 22}, position{6, 29}}
	if d := e.said["pipeline.hcl"]; len(d) == 0 || d[0].Code != "E-ref-unknown" || d[0].Range != want {
		t.Fatalf("got %+v", d)
	}
	e.edit("pipeline.hcl",
		contentChange{Range: &textRange{position{0, 4}, position{0, 6}}, Text: "日"},
		contentChange{Range: &textRange{position{6, 9}, position{6, 9}}, Text: "𝒙𝒙"},
		contentChange{Range: &textRange{position{2, 12}, position{3, 0}}, Text: "\r\n\r\n"},
	)
	e.settle("pipeline.hcl")
	want = textRange{position{7, 26}, position{7, 33}}
	if d := e.said["pipeline.hcl"]; len(d) == 0 || d[0].Range != want {
		t.Fatalf("got %+v", d)
	}
	var h *hoverResult
	e.ask("textDocument/hover", e.at("pipeline.hcl", position{7, 22}), &h)
	if h == nil || h.Range != (textRange{position{7, 22}, position{7, 23}}) {
		t.Errorf("got %+v", h)
	}
}

// Files that are in no project, are no pipelines, or are no files.
func TestOtherFiles(t *testing.T) {
	e := connect(t, "-- lone/pipeline.hcl --\n-- x.hcl --\n")
	h := Host{FS: fs.OS(), Root: func(string) (string, bool) { return "", false }, After: func(_ time.Duration, f func()) func() { f(); return func() {} }}
	e = serve(t, e.dir, h)
	e.ask("initialize", json.RawMessage(`{"capabilities":{}}`), nil)
	e.open("lone/pipeline.hcl", "locals {\n  a = local.b\n}\n")
	if diff := cmp.Diff([]string{"E-ref-unknown"}, e.codes("lone/pipeline.hcl")); diff != "" {
		t.Error(diff)
	}
	for _, uri := range []string{e.uri("x.hcl"), "untitled:Untitled-1", "file:///nowhere/pipeline.hcl", "file://elsewhere/pipeline.hcl", "", "%zz"} {
		e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: uri, Version: 1, Text: "locals {"}})
		e.tell("textDocument/didChange", didChangeParams{documentID{uri, 2}, []contentChange{{Text: "x"}}})
		for method := range requests {
			if !strings.HasPrefix(method, "textDocument/") {
				continue
			}
			p := renameParams{placeParams{documentID{URI: uri}, position{1, 1}}, "x"}
			if f := e.try(method, p, nil); f != nil && f.Code == wire.InternalError {
				t.Errorf("%s of %q: %v", method, uri, f)
			}
		}
		e.tell("textDocument/didClose", didCloseParams{documentID{URI: uri}})
	}
}

// A pipeline that is closed leaves nothing behind.
func TestClose(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", "locals {\n  a = local.b\n}\n")
	if len(e.said["pipeline.hcl"]) == 0 {
		t.Fatal("nothing is wrong")
	}
	e.tell("textDocument/didClose", didCloseParams{documentID{URI: e.uri("pipeline.hcl")}})
	e.ask("workspace/symbol", workspaceSymbolParams{"x"}, nil)
	if d := e.said["pipeline.hcl"]; len(d) != 0 {
		t.Errorf("got %+v", d)
	}
}

// Every request at every place of a text that is cut off anywhere is answered.
func TestEverywhere(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	text := pipelineText[strings.Index(pipelineText, `stage "train"`):strings.Index(pipelineText, `stage "report"`)]
	for n := 0; n < len(text); n += 7 {
		e.edit("pipeline.hcl", contentChange{Text: text[:n]})
		at := newDocument(text[:n]).position(n)
		for method := range requests {
			if strings.HasPrefix(method, "textDocument/") {
				p := renameParams{e.at("pipeline.hcl", at), "x"}
				if f := e.try(method, p, nil); f != nil && f.Code != wire.RequestFailed {
					t.Fatalf("%s after %q: %v", method, text[:n], f)
				}
			}
		}
	}
}

// A client that can be asked is asked to tell of files on disk and of params files.
func TestRegistration(t *testing.T) {
	e := startWith(t, project, `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}},"textDocument":{"synchronization":{"dynamicRegistration":true},"hover":{"dynamicRegistration":true},"completion":{"dynamicRegistration":true},"rename":{"dynamicRegistration":true},"definition":{}}}`)
	m := e.next()
	var p struct {
		Registrations []struct{ Method string }
	}
	if err := json.Unmarshal(m.Params, &p); err != nil || m.Method != "client/registerCapability" {
		t.Fatal(err, m.Method)
	}
	var got []string
	for _, r := range p.Registrations {
		got = append(got, r.Method)
	}
	want := []string{"workspace/didChangeWatchedFiles", "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/completion", "textDocument/hover", "textDocument/rename"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	e.open("pipeline.hcl", pipelineText)
	if err := fs.WriteFile(fs.OS(), filepath.Join(e.dir, "params.yaml"), []byte("train: 1\n")); err != nil {
		t.Fatal(err)
	}
	e.tell("workspace/didChangeWatchedFiles", json.RawMessage(`{"changes":[{"uri":"`+e.uri("params.yaml")+`","type":2}]}`))
	for len(e.said["params.yaml"]) == 0 {
		e.next()
	}
	if diff := cmp.Diff([]string{"E-param-type"}, e.codes("params.yaml")); diff != "" {
		t.Error(diff)
	}
}
