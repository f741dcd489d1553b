package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lsp/wire"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// desk is a server without the pipes and without a goroutine that owns its state: a test
// says what happens before what.
type desk struct {
	*server
	t    *testing.T
	out  bytes.Buffer
	said map[string][]string // by URI, the codes that were published last
}

func newDesk(t *testing.T, archive string) *desk {
	t.Helper()
	fsys := fs.Memory()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if err := fsys.MkdirAll(path.Dir("/p/"+f.Name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := fs.WriteFile(fsys, "/p/"+f.Name, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	d := &desk{t: t, said: map[string][]string{}}
	d.server = newServer(Host{
		FS: fsys, Root: func(string) (string, bool) { return "/p", true }, LookupEnv: func(string) (string, bool) { return "", false },
		After: func(_ time.Duration, f func()) func() { f(); return func() {} },
	})
	d.server.out, d.initialized = wire.NewWriter(&d.out), true
	return d
}

func (d *desk) opens(uri, text string) {
	d.t.Helper()
	if _, err := d.didOpen(d.t.Context(), didOpenParams{documentItem{URI: uri, Version: 1, Text: text}}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) closes(uri string) {
	d.t.Helper()
	if _, err := d.didClose(d.t.Context(), didCloseParams{documentID{URI: uri}}); err != nil {
		d.t.Fatal(err)
	}
}

// turn takes what waits, once.
func (d *desk) turn() {
	for _, f := range d.inbox.take() {
		f()
	}
}

// rest goes on until nothing is planned and nothing is evaluated.
func (d *desk) rest() {
	d.t.Helper()
	for d.restless() {
		<-d.inbox.ready
		d.turn()
	}
	for r := bufio.NewReader(&d.out); ; {
		m, err := wire.Read(r)
		if err != nil {
			return
		}
		var p publishParams
		if err := json.Unmarshal(m.Params, &p); err != nil {
			d.t.Fatal(err)
		}
		codes := []string{}
		for _, x := range p.Diagnostics {
			codes = append(codes, x.Code)
		}
		d.said[p.URI] = codes
	}
}

func (d *desk) restless() bool {
	for _, p := range d.pipelines {
		if p.planned != nil {
			return true
		}
	}
	return len(d.busy) > 0
}

func (d *desk) want(want map[string][]string) {
	d.t.Helper()
	d.rest()
	if diff := cmp.Diff(want, d.said); diff != "" {
		d.t.Error(diff)
	}
}

const rated = "param \"rate\" {\n  type = number\n  file = \"params.yaml\"\n}\nstage \"s\" {\n  command = [\"echo\", param.rate]\n}\n"

// A params file that is opened while the first evaluation runs counts as it is in the
// editor: what is read was not known yet.
func TestDiagnostics_paramsFileOpenedMeanwhile(t *testing.T) {
	d := newDesk(t, "-- params.yaml --\nrate: 1\n")
	d.opens("file:///p/pipeline.hcl", rated)
	d.turn() // it is evaluated now
	d.opens("file:///p/params.yaml", "rate: high\n")
	d.want(map[string][]string{"file:///p/pipeline.hcl": {}, "file:///p/params.yaml": {"E-param-type"}})
}

// What two pipelines say of one file is said once.
func TestDiagnostics_moduleAndUser(t *testing.T) {
	d := newDesk(t, "-- m/pipeline.hcl --\n-- u/pipeline.hcl --\n")
	d.opens("file:///p/m/pipeline.hcl", "stage \"s\" {\n  command = [\"echo\", param.nope]\n}\n")
	d.opens("file:///p/u/pipeline.hcl", "module \"m\" {\n  source = \"../m\"\n}\n")
	d.rest()
	if got := d.said["file:///p/m/pipeline.hcl"]; len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

// What was said of a file is taken back where it was said.
func TestDiagnostics_otherURI(t *testing.T) {
	d := newDesk(t, "-- pipeline.hcl --\n")
	const uri = "file://localhost/p/pipe%6Cine.hcl"
	d.opens(uri, "stage \"s\" {\n  command = [nope]\n}\n")
	d.rest()
	if len(d.said[uri]) != 1 {
		t.Fatalf("got %v", d.said)
	}
	d.closes(uri)
	d.want(map[string][]string{uri: {}})
}

// Nothing is said of a file that was closed, whatever is asked of it.
func TestDiagnostics_closed(t *testing.T) {
	const uri = "file:///p/pipeline.hcl"
	text := "stage \"s\" {\n  command = [nope]\n}\n"
	d := newDesk(t, "-- pipeline.hcl --\n"+text)
	d.opens(uri, text)
	d.rest()
	d.closes(uri)
	if got, err := d.hover(t.Context(), placeParams{documentID{URI: uri}, position{0, 2}}); err != nil || got == nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := d.didChangeFiles(t.Context(), struct{}{}); err != nil {
		t.Fatal(err)
	}
	d.want(map[string][]string{uri: {}})
}

// A directory is evaluated once at a time.
func TestEvaluation_reopened(t *testing.T) {
	const uri = "file:///p/pipeline.hcl"
	d := newDesk(t, "-- params.yaml --\nrate: 1\n")
	d.opens(uri, rated)
	d.turn()
	first := d.pipelines["/p"]
	d.closes(uri)
	d.opens(uri, "stage \"s\" {\n  command = [nope]\n}\n")
	if d.pipelines["/p"] == first || d.busy["/p"] == nil {
		t.Fatal("the first evaluation does not run")
	}
	d.pipelines["/p"].unplan()
	d.start(d.pipelines["/p"])
	if !d.pipelines["/p"].again {
		t.Error("a second evaluation runs beside the first")
	}
	d.want(map[string][]string{uri: {"E-ref-unknown"}})
}

// What is evaluated of an older text is stopped, and nothing is said of it.
func TestEvaluation_overtaken(t *testing.T) {
	const uri = "file:///p/pipeline.hcl"
	d := newDesk(t, "")
	asked, answer := make(chan bool), make(chan bool)
	d.host.LookupEnv = func(string) (string, bool) {
		asked <- true
		<-answer
		return "", false
	}
	d.opens(uri, "stage \"s\" {\n  pass_env = [\"X\"]\n  command  = [1 + \"a\"]\n}\n")
	d.turn()
	<-asked
	change := contentChange{Text: "stage \"s\" {\n  command = [\"s\"]\n}\n"}
	if _, err := d.didChange(t.Context(), didChangeParams{TextDocument: documentID{URI: uri, Version: 2}, ContentChanges: []contentChange{change}}); err != nil {
		t.Fatal(err)
	}
	p := d.pipelines["/p"]
	p.unplan()
	d.start(p)
	if !d.busy["/p"].Load() {
		t.Error("the evaluation of the older text goes on")
	}
	close(answer)
	go func() {
		for range asked { // it may ask once more before it ends
		}
	}()
	for d.busy["/p"] != nil {
		<-d.inbox.ready
		d.turn()
	}
	if p.found != nil {
		t.Errorf("of the older text is said: %v", p.found.said)
	}
	d.want(map[string][]string{uri: {}})
	close(asked)
}

// A session that ends leaves nothing that is evaluated.
func TestEvaluation_shutdown(t *testing.T) {
	d := newDesk(t, "")
	d.opens("file:///p/pipeline.hcl", "stage \"s\" {\n  command = [\"s\"]\n}\n")
	d.turn()
	unwanted := d.busy["/p"]
	if _, err := d.shutdown(t.Context(), struct{}{}); err != nil {
		t.Fatal(err)
	}
	if !unwanted.Load() {
		t.Error("it goes on")
	}
}

// Who never pauses for as long as an evaluation takes hears something too.
func TestEvaluation_overtakenAgain(t *testing.T) {
	const uri = "file:///p/pipeline.hcl"
	d := newDesk(t, "")
	asked, over := make(chan chan struct{}), make(chan struct{})
	d.host.LookupEnv = func(string) (string, bool) {
		answer := make(chan struct{})
		select {
		case asked <- answer:
			<-answer
		case <-over:
		}
		return "", false
	}
	d.opens(uri, "stage \"s\" {\n  pass_env = [\"X\"]\n  command  = [1 + \"a\"]\n}\n")
	p := d.pipelines["/p"]
	for n, stopped := range []bool{true, false, true, false} {
		for d.busy["/p"] == nil {
			<-d.inbox.ready
			d.turn()
		}
		answer, was, unwanted := <-asked, p.found, d.busy["/p"]
		d.start(p)
		if unwanted.Load() != stopped {
			t.Errorf("evaluation %d is stopped: %v", n+1, !stopped)
		}
		close(answer)
		for d.busy["/p"] == unwanted {
			select {
			case answer := <-asked: // it may ask once more before it ends
				close(answer)
			case <-d.inbox.ready:
				d.turn()
			}
		}
		if (p.found == was) != stopped {
			t.Errorf("of evaluation %d something is said: %v", n+1, p.found != was)
		}
	}
	close(over)
	d.want(map[string][]string{uri: {"E-operand"}})
}

// A project that is made later counts from then on.
func TestEvaluation_newProject(t *testing.T) {
	d := newDesk(t, "-- params.yaml --\nrate: 1\n-- a/pipeline.hcl --\n")
	d.host.Root = func(dir string) (string, bool) { return "", false }
	d.opens("file:///p/a/pipeline.hcl", "data \"x\" {\n  path = \"../params.yaml\"\n}\nstage \"s\" {\n  inputs  = { x = data.x }\n  command = [\"cat\", inputs.x]\n}\n")
	d.rest()
	if got := d.said["file:///p/a/pipeline.hcl"]; len(got) == 0 {
		t.Fatal("a path may lead out of what is taken for the project")
	}
	d.host.Root = func(dir string) (string, bool) { return "/p", true }
	if _, err := d.didSave(t.Context(), documentParams{documentID{URI: "file:///p/a/pipeline.hcl"}}); err != nil {
		t.Fatal(err)
	}
	d.want(map[string][]string{"file:///p/a/pipeline.hcl": {}})
}

// A file that is too large is read no further.
func TestText_large(t *testing.T) {
	d := newDesk(t, "-- a.yaml --\nx: 1\n")
	if d.text("/p/a.yaml") == nil {
		t.Error("it is a text")
	}
	if err := fs.WriteFile(d.host.FS, "/p/a.yaml", make([]byte, maxText+1)); err != nil {
		t.Fatal(err)
	}
	if d.text("/p/a.yaml") != nil || d.text("/p") != nil {
		t.Error("it is read")
	}
}

// Edits of lines one after the other touch, and all of them are made.
func TestApart(t *testing.T) {
	all := []fileEdit{{"a", 10, 20, ""}}
	for _, c := range []struct {
		edit fileEdit
		want bool
	}{
		{fileEdit{"a", 20, 30, ""}, true},
		{fileEdit{"a", 0, 10, ""}, true},
		{fileEdit{"a", 0, 11, ""}, false},
		{fileEdit{"a", 19, 30, ""}, false},
		{fileEdit{"a", 12, 14, ""}, false},
		{fileEdit{"a", 10, 20, ""}, false},
		{fileEdit{"a", 20, 20, "x"}, false},
		{fileEdit{"a", 10, 10, "x"}, false},
		{fileEdit{"b", 10, 20, ""}, true},
	} {
		if got := apart(all, c.edit); got != c.want {
			t.Errorf("%+v: got %v", c.edit, got)
		}
	}
}

// What is said of a directory is said of the pipeline in it: no editor opens a directory.
func TestDiagnostics_linkOut(t *testing.T) {
	out := t.TempDir()
	e := start(t, project)
	osfs := fs.OS()
	text := "stage \"a\" {\n  command = [\"x\"]\n}\n"
	if err := fs.WriteFile(osfs, out+"/pipeline.hcl", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := osfs.Symlink(out, e.dir+"/lk"); err != nil {
		t.Fatal(err)
	}
	e.open("lk/pipeline.hcl", text)
	for name, list := range e.said {
		if name != "lk/pipeline.hcl" && len(list) > 0 {
			t.Errorf("%s: %+v", name, list)
		}
	}
	if len(e.said["lk/pipeline.hcl"]) != 1 {
		t.Errorf("got %+v", e.said)
	}
}

// A client takes no symbol without a name.
func TestSymbols_noName(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", "stage \"a\" {\n  outputs = { \"\" = \"x\" }\n}\n")
	var list []documentSymbol
	e.ask("textDocument/documentSymbol", documentParams{documentID{URI: e.uri("pipeline.hcl")}}, &list)
	if got := outlineOf(list, ""); got != "a | stage\n  outputs\n    \"\" | \"x\"\n" {
		t.Errorf("got %s", got)
	}
}

// counted counts how often a file is read.
type counted struct {
	fs.FS
	opened *int
}

func (c counted) Open(name string) (fs.File, error) {
	if path.Base(name) == "params.yaml" {
		*c.opened++
	}
	return c.FS.Open(name)
}

// What is evaluated whole is not evaluated a second time without its params, and what is
// said of the machine that commands run on is not said here.
func TestEvaluation_once(t *testing.T) {
	d := newDesk(t, "-- params.yaml --\nrate: 1\n")
	opened := 0
	d.host.FS = counted{d.host.FS, &opened}
	const uri = "file:///p/pipeline.hcl"
	d.opens(uri, rated[:len(rated)-2]+"  pass_env = [\"NOT_THERE\"]\n}\n")
	d.want(map[string][]string{uri: {}})
	if most := 3; opened > most { // the evaluation, the values for hovers, and lints
		t.Errorf("the params are read %d times, more than %d", opened, most)
	}
}
