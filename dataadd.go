package dewar

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/checkout"
)

// NewData is data to begin to track.
type NewData struct {
	Name        string // "" makes one of the path
	Description string
	Path        string // in the project; of external data, absolute
	External    bool
	URL         string // a download: it is downloaded now
	From        graph.Import
}

// AddedData is data that is tracked now.
type AddedData struct {
	Name    string
	Path    string
	Content digest.Content
	Files   int64
	Bytes   int64
	Git     bool // Git tracks it as well
	Known   bool // it was tracked already: what is there now was accepted
}

// AddData begins to track data: it writes blocks into pipeline.hcl, takes the bytes into the store and
// the digests into the lock, and has Git ignore what it does not track. Of what cannot be tracked nothing is.
func (p *Project) AddData(ctx context.Context, dir string, list []NewData, progress func(string, int64, int64)) ([]AddedData, error) {
	name := join(dir, "pipeline.hcl")
	src, err := p.view.ReadFile(name)
	if err != nil && !isNotExist(err) {
		return nil, err
	}
	ev, diags := p.Evaluate(EvalOptions{Dir: dir})
	if len(src) > 0 && ev.Graph == nil { // what does not evaluate cannot be checked against
		return nil, diags.Err()
	}
	if ev.Graph == nil {
		ev.Graph = &graph.Graph{Dir: dir}
	}
	a := &adder{p: p, dir: dir, g: ev.Graph, src: src, taken: map[string]bool{}, known: map[string]bool{}, progress: progress}
	for _, d := range ev.Graph.Data {
		a.taken[d.Name] = true
	}
	for _, d := range list {
		if err := a.add(ctx, d); err != nil {
			return nil, err
		}
	}
	if string(a.src) != string(src) {
		if err := p.rewriteFile(p.hostPath(name), src, a.src); err != nil {
			return nil, err
		}
	}
	added, err := a.accept(ctx)
	if err != nil {
		return nil, errors.Join(err, a.undo(name, src))
	}
	return added, nil
}

// undo takes the blocks out again that were added to the file that held src, unless somebody has changed
// it meanwhile.
func (a *adder) undo(name string, src []byte) error {
	now, err := fs.ReadFile(a.p.host.FS, a.p.hostPath(name))
	if err != nil || string(now) != string(a.src) || string(now) == string(src) {
		return nil
	}
	if src == nil {
		return a.p.host.FS.Remove(a.p.hostPath(name))
	}
	return a.p.rewriteFile(a.p.hostPath(name), a.src, src)
}

// adder adds data blocks to one pipeline.
type adder struct {
	p        *Project
	dir      string
	g        *graph.Graph
	src      []byte
	taken    map[string]bool
	names    []string // of what is added, or accepted again
	known    map[string]bool
	ready    []lock.Data // what is in the store already
	progress func(string, int64, int64)
}

func (a *adder) add(ctx context.Context, d NewData) error {
	rel := strings.TrimSuffix(d.Path, "/")
	if !d.External {
		var err error
		if rel, err = a.place(d); err != nil {
			return err
		}
	}
	if d.URL != "" || d.From.Project != "" {
		if exists(a.p.host.FS, a.p.hostPath(rel)) {
			return failure(diag.Diagnostic{Code: "E-data-add", Detail: fmt.Sprintf("There is something at %s already, and nothing is written over it. Give another place with --out, or move it away.", rel)})
		}
	} else if known := dataAround(a.g, rel, d.External); known != nil {
		return a.again(known)
	}
	if !d.External {
		if err := a.apart(rel, ""); err != nil {
			return err
		}
	}
	block := lang.NewData{Name: d.Name, Description: d.Description, External: d.External, Path: relTo(a.dir, rel), URL: d.URL}
	if block.Name == "" {
		block.Name = InputName(rel, a.taken)
	}
	at := a.p.hostPath(rel)
	if d.External {
		at, block.Path = rel, rel
	}
	switch {
	case d.URL != "":
		c, err := a.download(ctx, &block, rel)
		if err != nil {
			return err
		}
		a.ready = append(a.ready, lock.Data{Name: block.Name, Path: rel, Content: c})
	case d.From.Project != "":
		c, err := a.importNew(ctx, &block, d, rel)
		if err != nil {
			return err
		}
		a.ready = append(a.ready, lock.Data{Name: block.Name, Path: rel, Content: c})
	default:
		info, err := a.p.host.FS.Stat(at)
		if err != nil {
			return failure(diag.Diagnostic{Code: "E-data-missing", Detail: fmt.Sprintf("There is nothing at %s to track: %v.", d.Path, unwrapped(err))})
		}
		if info.IsDir() {
			block.Path += "/"
		}
	}
	src, err := lang.AddData(a.src, block)
	var said *diag.Failure
	if err != nil && !errors.As(err, &said) {
		return failure(diag.Diagnostic{Code: "E-data-add", Detail: capitalized(err.Error()) + "."})
	}
	if err != nil {
		return err
	}
	a.src, a.names = src, append(a.names, block.Name)
	added := graph.Data{Name: block.Name, Path: rel, Dir: strings.HasSuffix(block.Path, "/")}
	if d.External {
		added.Path, added.Host = "", rel
	}
	a.g.Data = append(a.g.Data, added) // what follows in the list is added beside it
	return a.allow(&added)
}

// again accepts what is tracked already, or was added right before.
func (a *adder) again(d *graph.Data) error {
	if !slices.Contains(a.names, d.Name) {
		a.names = append(a.names, d.Name)
		a.known[d.Name] = true
	}
	return a.allow(d)
}

// allow lets external data be read: who adds it has named the path.
func (a *adder) allow(d *graph.Data) error {
	if d.Host == "" {
		return nil
	}
	return a.p.allow(d.Name, d.Host)
}

// place is where new data lies, a path of the project that nothing makes.
func (a *adder) place(d NewData) (string, error) {
	rel, err := fs.CleanProjectPath(".", strings.TrimSuffix(d.Path, "/"))
	if err != nil {
		return "", failure(diag.Diagnostic{Code: "E-data-add", Detail: fmt.Sprintf("%s is not inside the project. What lies elsewhere is tracked with --external: it is read there and never copied.", d.Path)})
	}
	var out *fs.BadPath
	if _, err := a.p.view.Lstat(rel); errors.As(err, &out) {
		return "", failure(diag.Diagnostic{Code: "E-data-add", Detail: capitalized(out.Error()) + ": data of the project lies in it."})
	}
	if why := a.notData(rel); why != "" {
		return "", failure(diag.Diagnostic{Code: "E-data-add", Detail: fmt.Sprintf("%s %s.", rel, why)})
	}
	for i := range a.g.Instances {
		x := &a.g.Instances[i]
		for _, o := range x.Outputs {
			if overlap(o.Path, rel) {
				return "", failure(diag.Diagnostic{Code: "E-data-output", Span: o.Span, Subject: subject(x), Detail: fmt.Sprintf("%s is made by %s, or holds or is part of what it makes: what a pipeline makes is tracked as it is.", rel, x.Ref())})
			}
		}
	}
	return rel, nil
}

// notData says why a path of the project cannot be data whatever lies there; "" if it can be.
func (a *adder) notData(rel string) string {
	base := path.Base(rel)
	switch own := fs.Reserved(rel); {
	case own != "":
		return "lies in " + own + ", which is not part of what a pipeline works on"
	case rel == "." || rel == a.dir || strings.HasPrefix(a.dir, rel+"/"):
		return "holds the pipeline itself. Name the files or directories in it that are data"
	case lang.IsPipelineFile(base) || base == "pipeline.lock":
		return "is part of the pipeline: Git tracks it, and dewar changes it"
	case base == ".gitignore" || base == ".gitattributes" || base == fs.IgnoreFile:
		return "says what Git or dewar sees, and Git tracks it"
	}
	return ""
}

// dataAround returns the data that lies at rel or that rel is part of. Of external data, which is only read,
// one may be part of another.
func dataAround(g *graph.Graph, rel string, external bool) *graph.Data {
	for i := range g.Data {
		d := &g.Data[i]
		if external && d.Host == rel || !external && d.Host == "" && (d.Path == rel || d.Dir && strings.HasPrefix(rel, d.Path+"/")) {
			return d
		}
	}
	return nil
}

// apart refuses a path that is, holds or is part of tracked data; but is data that is no hindrance.
func (a *adder) apart(rel, but string) error {
	for i := range a.g.Data {
		d := &a.g.Data[i]
		if d.Host == "" && d.Name != but && overlap(d.Path, rel) {
			return failure(diag.Diagnostic{Code: "E-data-nested", Span: d.Span, Detail: fmt.Sprintf("%s would lie in or around data.%s, %s, and data is tracked as a whole. Leave out one of them; `dewar data remove %s` stops tracking that one.", rel, d.Name, d.Path, d.Name)})
		}
	}
	return nil
}

// overlap reports whether two paths are one, or one lies in the other.
func overlap(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// download downloads a file to find out its digest, and puts it in its place.
func (a *adder) download(ctx context.Context, block *lang.NewData, rel string) (digest.Content, error) {
	var none digest.Content
	name, err := a.p.store.TempFile()
	if err != nil {
		return none, err
	}
	defer func() { _ = a.p.host.FS.Remove(name) }()
	got, err := a.p.downloadTo(ctx, block.URL, name, func(done int64) {
		if a.progress != nil {
			a.progress(path.Base(rel), done, -1)
		}
	}, func(digest.Digest) bool { return true })
	if err != nil {
		return none, failure(cannotDownload(graph.Data{Name: block.Name, URL: block.URL}, err))
	}
	block.SHA256 = got.Hex()
	if _, err := a.p.store.Adopt(name, got); err != nil {
		return none, err
	}
	c := digest.Content{Kind: digest.File, Digest: got}
	return c, a.p.checkoutItems(ctx, []checkout.Item{{Path: rel, Content: c}}, nil, &CheckoutReport{})
}

// accept writes down what is tracked now, as it is.
func (a *adder) accept(ctx context.Context) ([]AddedData, error) {
	ev, diags := a.p.Evaluate(EvalOptions{Dir: a.dir})
	if ev.Graph == nil {
		return nil, diags.Err()
	}
	if err := a.p.lockData(a.dir, a.ready...); err != nil {
		return nil, err
	}
	states, err := a.p.DataUpdate(ctx, ev, a.names)
	if err != nil {
		return nil, err
	}
	repo, err := a.p.repo(ctx)
	if err != nil {
		return nil, err
	}
	var out []AddedData
	var ignored []string
	for _, st := range states {
		d := dataNamed(ev.Graph, st.Name)
		added := AddedData{Name: st.Name, Path: st.Path, Content: st.Now, Files: st.Files, Bytes: st.Bytes, Known: a.known[st.Name]}
		if repo != nil && d.Host == "" {
			if added.Git, err = repo.Tracks(ctx, d.Path); err != nil {
				return nil, err
			}
		}
		if !added.Git {
			ignored = append(ignored, dataPattern(a.dir, *d))
		}
		out = append(out, added)
	}
	return out, a.p.updateGitignore(ev.Graph, ignored...)
}

// unwrapped is what an error of the file system says without its operation and path.
func unwrapped(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func capitalized(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
