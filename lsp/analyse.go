package lsp

import (
	"path"
	"path/filepath"
	"slices"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// analysis is what an evaluation of the texts of one moment found.
type analysis struct {
	sound    bool // the text loads and checks
	said     map[string][]diagnostic
	fixes    []fix
	read     map[string]bool    // files that were looked at, project-relative
	stamps   map[string]fs.Info // of those, as they were on disk; zero for one that was not there
	params   map[string]*param.Bound
	versions map[string]int // of the open texts that it is of, by path
	stages   map[string]*points
	modules  map[string]*points
	locals   map[string]eval.Local
	stopped  bool // nobody waited for it any more; nothing of it counts
}

// fix is an edit of the text that mends a diagnostic.
type fix struct {
	title string
	said  diagnostic
	file  string // project-relative
	edit  fileEdit
	sure  bool // the pipeline means the same afterwards
}

type fileEdit struct {
	file       string // project-relative
	start, end int    // bytes of the text that was analysed
	text       string
}

// traced remembers which files were read.
type traced struct {
	*overlay
	mu     sync.Mutex
	read   map[string]bool
	stamps map[string]fs.Info
}

func (t *traced) ReadFile(name string) ([]byte, error) {
	info, _ := t.disk.Stat(name) // before it is read: a change in between is seen later
	t.mu.Lock()
	if !t.read[name] {
		t.read[name], t.stamps[name] = true, info
	}
	t.mu.Unlock()
	return t.overlay.ReadFile(name)
}

// ofRuns are what is said of where commands run, and of the copies that they see: dewar
// validate leaves it out.
var ofRuns = []string{"W-env-absent", "W-params-respelled"}

// analyse loads, checks and evaluates a pipeline.
func analyse(of subject, picture *overlay, related bool, stop func() bool) *analysis {
	t := &traced{overlay: picture, read: map[string]bool{}, stamps: map[string]fs.Info{}}
	a := &analysis{said: map[string][]diagnostic{}, read: t.read, stamps: t.stamps}
	req := of.request()
	req.Stop, req.Locals = stop, true
	full, ds := evaluated(req, t)
	if a.stopped = stop(); a.stopped {
		return a
	}
	pipe, loaded := lang.Load(t, of.dir)
	a.sound = !loaded.HasErrors()
	if a.sound {
		a.bind(t, pipe, of.decoded)
	}
	a.evaluated(full)
	r := &reporter{a: a, picture: picture, dir: of.dir, related: related, mappings: map[string]*mapping{}}
	r.all(ds.Sorted())
	if !ds.HasErrors() {
		r.findings(lint.Find(pipe, lint.Options{
			Read: t.ReadFile, Decoded: of.decoded, Exists: exists(t), Graph: full.Graph, Root: filepath.ToSlash(of.root),
			Others: func() []*lang.Pipeline { return others(t, of.dir) },
		}))
	}
	return a
}

// subject is a pipeline that is evaluated.
type subject struct {
	host      Host
	root, dir string
	decoded   *param.Files
}

// request is how a pipeline is evaluated here.
func (p subject) request() eval.Request {
	req := eval.Request{Dir: p.dir, Environ: p.host.LookupEnv, Decoded: p.decoded}
	if p.host.Modules != nil {
		req.Modules = p.host.Modules(p.host.FS, p.root)
	}
	return req
}

// evaluated returns what a pipeline is, without a graph if it has none, and what dewar
// validate says. Most pipelines have all their params, and are evaluated once.
func evaluated(req eval.Request, t *traced) (*eval.Result, diag.List) {
	req.Read = t
	full, ds := eval.Evaluate(req)
	if ds.HasErrors() || full.Graph == nil {
		req.Validate = true
		full, ds = eval.Evaluate(req)
		return full, ds
	}
	ds = slices.DeleteFunc(ds, func(d diag.Diagnostic) bool { return slices.Contains(ofRuns, d.Code) })
	return full, append(ds, graph.Validate(full.Graph)...)
}

func exists(t *traced) func(string) bool {
	return func(name string) bool {
		_, err := t.Lstat(name)
		return err == nil
	}
}

// bind keeps the params with what is known of their values.
func (a *analysis) bind(t *traced, pipe *lang.Pipeline, decoded *param.Files) {
	bound, _ := param.BindAll(pipe.Params, param.Options{Dir: pipe.Dir, Read: t.ReadFile, Files: decoded, AllowMissing: true})
	a.params = make(map[string]*param.Bound, len(bound.List))
	for i := range bound.List {
		a.params[bound.List[i].Name] = &bound.List[i]
	}
}

// maxOthers bounds how many directories of a project are looked through for pipelines.
const maxOthers = 2000

// others loads the other pipelines of the project.
func others(r lang.Reader, dir string) []*lang.Pipeline {
	var out []*lang.Pipeline
	dirs, _ := pipelineDirs(r.ReadDir, maxOthers)
	for _, at := range dirs {
		if at != dir {
			p, _ := lang.Load(r, at) // what is understood of a broken one counts
			out = append(out, p)
		}
	}
	return out
}

// pipelineDirs finds the directories of a project that hold a pipeline. all is false if there
// are more directories than are looked at.
func pipelineDirs(list func(string) ([]fs.Entry, error), most int) (out []string, all bool) {
	queue := []string{"."}
	for n := 0; n < len(queue) && n < most; n++ {
		entries, err := list(queue[n])
		if err != nil {
			continue
		}
		for _, e := range entries {
			switch {
			case e.Name == "pipeline.hcl" && !e.Type.IsDir():
				out = append(out, queue[n])
			case e.Type.IsDir() && e.Name[0] != '.' && e.Name != "node_modules" && e.Name != "__pycache__":
				queue = append(queue, path.Join(queue[n], e.Name))
			}
		}
	}
	return out, len(queue) <= most
}

// listing lists directories below root.
func listing(fsys fs.FS, root string) func(string) ([]fs.Entry, error) {
	return func(rel string) ([]fs.Entry, error) {
		return fsys.ReadDir(filepath.Join(root, filepath.FromSlash(rel)))
	}
}
