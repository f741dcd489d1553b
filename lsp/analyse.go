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
	stopped  bool // nobody waited for it any more; nothing of it counts
}

// points are those of a stage.
type points struct {
	count int
	axes  []axis
}

// axis is what values an axis has, as text, in the order of the points.
type axis struct {
	name   string
	values []string // the first of them
	count  int
}

// shownValues is how many values of an axis are kept for showing.
const shownValues = 12

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
func analyse(h Host, picture *overlay, root, dir string, related bool, stop func() bool) *analysis {
	t := &traced{overlay: picture, read: map[string]bool{}, stamps: map[string]fs.Info{}}
	a := &analysis{said: map[string][]diagnostic{}, read: t.read, stamps: t.stamps, stages: map[string]*points{}}
	req := request(h, root, dir)
	req.Stop = stop
	g, ds := evaluated(req, t)
	if a.stopped = stop(); a.stopped {
		return a
	}
	pipe, loaded := lang.Load(t, dir)
	a.sound = !loaded.HasErrors()
	if a.sound {
		a.bind(t, pipe)
	}
	if g != nil {
		a.grid(g)
	}
	r := &reporter{a: a, picture: picture, dir: dir, related: related, mappings: map[string]*mapping{}}
	r.all(ds.Sorted())
	if !ds.HasErrors() {
		r.findings(lint.Find(pipe, lint.Options{
			Read: t.ReadFile, Exists: exists(t), Graph: g, Root: filepath.ToSlash(root),
			Others: func() []*lang.Pipeline { return others(t, dir) },
		}))
	}
	return a
}

// request is how a pipeline is evaluated here.
func request(h Host, root, dir string) eval.Request {
	req := eval.Request{Dir: dir, Environ: h.LookupEnv}
	if h.Modules != nil {
		req.Modules = h.Modules(h.FS, root)
	}
	return req
}

// evaluated returns the graph of a pipeline, nil if there is none, and what dewar validate
// says. Most pipelines have all their params, and are evaluated once.
func evaluated(req eval.Request, t *traced) (*graph.Graph, diag.List) {
	req.Read = t
	full, ds := eval.Evaluate(req)
	if ds.HasErrors() || full.Graph == nil {
		req.Validate = true
		_, ds = eval.Evaluate(req)
		return nil, ds
	}
	ds = slices.DeleteFunc(ds, func(d diag.Diagnostic) bool { return slices.Contains(ofRuns, d.Code) })
	return full.Graph, append(ds, graph.Validate(full.Graph)...)
}

func exists(t *traced) func(string) bool {
	return func(name string) bool {
		_, err := t.Lstat(name)
		return err == nil
	}
}

// bind keeps the params with what is known of their values.
func (a *analysis) bind(t *traced, pipe *lang.Pipeline) {
	bound, _ := param.BindAll(pipe.Params, param.Options{Dir: pipe.Dir, Read: t.ReadFile, AllowMissing: true})
	a.params = make(map[string]*param.Bound, len(bound.List))
	for i := range bound.List {
		a.params[bound.List[i].Name] = &bound.List[i]
	}
}

// grid keeps the values of the axes.
func (a *analysis) grid(g *graph.Graph) {
	for _, st := range g.Stages {
		if !st.Template {
			continue
		}
		p := &points{count: int(st.N)}
		seen := make([]map[string]bool, len(st.Axes))
		for i, name := range st.Axes {
			p.axes = append(p.axes, axis{name: name})
			seen[i] = map[string]bool{}
		}
		for _, in := range g.Instances[st.First : st.First+st.N] {
			for i := range min(len(in.Point), len(p.axes)) {
				x := &p.axes[i]
				v := in.Point[i].Value
				if seen[i][v] {
					continue
				}
				seen[i][v] = true
				if x.count++; len(x.values) < shownValues {
					x.values = append(x.values, v)
				}
			}
		}
		a.stages[st.Name] = p
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
