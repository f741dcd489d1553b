package dewar

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/store"
)

// A collection removes from the cache what nothing names any more. What is named is what
// the locks of the workspace name, and pins, in any case; what commits and experiments name, as far as
// they are asked for. In a cache that others share it is also what each of
// their projects names, in the widest sense.

// GCScope says what names things, besides the workspace and pins.
type GCScope struct {
	Branches    bool `json:"branches"` // the last commit of each branch, of HEAD, and stashes
	Tags        bool `json:"tags"`
	Commits     bool `json:"commits"` // every commit
	Experiments bool `json:"experiments"`
}

// allScopes are what is kept unless less is asked for.
var allScopes = GCScope{Branches: true, Tags: true, Experiments: true}

// GCOptions say what a collection removes.
type GCOptions struct {
	Scope   *GCScope      // nil: branches, tags and experiments
	Size    int64         // what may stay; 0: nothing that is not named
	Older   time.Duration // only what was not used for so long
	Records time.Duration // how old records of runs may become; 0: 90 days
	Data    bool          // data that nothing names any more is removed as well
	Forget  []string      // roots of projects that are gone
	DryRun  bool
	// Progress hears of what was removed so far; nil: nobody wants to know.
	Progress func(store.Amount)
}

// GCReport is what a collection found, and what it removed.
type GCReport struct {
	DryRun   bool          `json:"dry_run"`
	Scope    GCScope       `json:"scope"`
	Projects []string      `json:"projects"` // whose files were read
	Before   store.Amount  `json:"before"`
	Named    store.Amount  `json:"named"`   // blobs
	Kept     store.Amount  `json:"kept"`    // though nothing names them: there is room, or they were used lately
	InUse    store.Amount  `json:"in_use"`  // though nothing names them: other processes are at work
	Results  []GCResult    `json:"results"` // that go, the least recently used first
	Rebuild  float64       `json:"rebuild_seconds"`
	Freed    store.Amount  `json:"freed"`        // those results, and blobs that only they have
	Loose    store.Amount  `json:"loose"`        // blobs of no result
	DataGoes bool          `json:"data_removed"` // it was asked for
	Data     []GCData      `json:"data"`         // that nothing names any more
	Images   []GCImage     `json:"images"`       // that go; their blobs are loose
	Modules  []string      `json:"modules"`      // commits of other projects that go
	Copies   store.Amount  `json:"copies"`       // executable ones
	Trees    int           `json:"trees"`        // materialized
	Stale    store.Amount  `json:"stale"`        // in quarantine, or fetched by half
	Records  int           `json:"records"`      // of runs
	Removed  store.Amount  `json:"removed"`      // what really went; in a dry run, what would
	survey   *store.Survey // nil before there is one
	files    []string      // records and certificates that go
	modules  []string      // of .dewar/modules, the files and directories that go
	forget   []string      // entries of the registry that go
	collect  *store.Collection
}

// GCResult is a result that goes.
type GCResult struct {
	Action  string    `json:"action"` // the hash of the action key
	Output  string    `json:"output,omitempty"`
	Used    time.Time `json:"used"`
	Seconds float64   `json:"seconds"` // that its command ran
	Bytes   int64     `json:"bytes"`
}

// GCImage is an image that goes.
type GCImage struct {
	Ref      string    `json:"ref"`
	Digest   string    `json:"digest"`
	Platform string    `json:"platform"`
	Used     time.Time `json:"used"`
	Bytes    int64     `json:"bytes"` // of all its files
}

// GCData is tracked data that nothing names any more.
type GCData struct {
	Name    string `json:"data"`
	Path    string `json:"path"`
	Project string `json:"project,omitempty"`
	Digest  string `json:"digest"`
	store.Amount
}

// Nothing reports whether there is nothing to remove.
func (r *GCReport) Nothing() bool { return r.survey.Nothing() && len(r.files)+len(r.modules) == 0 }

// How long things that nobody asks for may lie around.
const (
	recordsFor     = 90 * 24 * time.Hour
	staleFor       = 14 * 24 * time.Hour
	certificateFor = 30 * 24 * time.Hour
	abandoned      = time.Hour // a temporary file: writing it takes no time
)

// GC collects garbage. Before anything is removed agree is asked, with what was
// found; in a dry run it is not.
func (p *Project) GC(ctx context.Context, o GCOptions, agree func(*GCReport) (bool, error)) (*GCReport, error) {
	c, err := p.store.Collect()
	if errors.Is(err, store.ErrCollecting) {
		return nil, failure(diag.Diagnostic{Code: "E-gc-busy", Detail: fmt.Sprintf("Another `dewar gc` is at work in %s.", p.cacheDir())})
	}
	if err != nil {
		return nil, err
	}
	defer c.Close()
	p.sweepTemp()
	rep := &GCReport{DryRun: o.DryRun, DataGoes: o.Data, collect: c}
	if err := p.findGarbage(ctx, o, rep); err != nil {
		return nil, err
	}
	if o.DryRun || rep.Nothing() {
		rep.Removed = rep.survey.Removed()
		return rep, p.forget(o, rep)
	}
	if yes, err := agree(rep); err != nil || !yes {
		return rep, err
	}
	if err := p.forget(o, rep); err != nil {
		return rep, err
	}
	rep.Removed, err = c.Remove(ctx, rep.survey, o.Progress)
	err = errors.Join(err, p.images().Forget())
	for _, name := range rep.files {
		_ = p.host.FS.Remove(name) // it is no harm where it is
	}
	for _, name := range rep.modules {
		_ = p.host.FS.RemoveAll(name)
	}
	return rep, err
}

// writeFile writes a file of the workspace that is not an output, whatever is there. What is left of it when we are killed lies
// apart from what check-outs leave: nothing in it is a person's.
func (p *Project) writeFile(name string, b []byte) error {
	return fs.WriteFileVia(p.host.FS, p.path("tmp"), name, b)
}

// rewriteFile replaces a person's file that was read as was; who is killed leaves nothing beside it.
func (p *Project) rewriteFile(name string, was, b []byte) error {
	return fs.Rewrite(p.host.FS, p.path("tmp"), name, was, b)
}

// sweepTemp removes what processes left of our own small files that were killed while they wrote them.
func (p *Project) sweepTemp() {
	before := p.host.Now().Add(-abandoned)
	for _, dir := range []string{
		p.path(), p.path("kept"), p.path("modules"), p.path("eval"), p.path("runs"), p.path("pins"), p.path("toolchains"), p.path("exp"), p.path("exp", "records"), p.path("exp", "labels"),
		filepath.Dir(p.certificatePath("x")), filepath.Join(p.cacheDir(), "projects"),
	} {
		fs.SweepTemp(p.host.FS, dir, "", before)
	}
	fs.SweepTemp(p.host.FS, p.path("tmp"), fs.Own, before) // what has another name there may be a person's
}

// forget takes projects that are gone out of the registry.
func (p *Project) forget(o GCOptions, rep *GCReport) error {
	if o.DryRun {
		return nil
	}
	for _, name := range rep.forget {
		if err := p.host.FS.Remove(name); err != nil && !isNotExist(err) {
			return err
		}
	}
	return nil
}

// findGarbage reads all that names something, and looks for what nothing names.
func (p *Project) findGarbage(ctx context.Context, o GCOptions, rep *GCReport) error {
	if rep.Scope = allScopes; o.Scope != nil {
		rep.Scope = *o.Scope
	}
	if o.Records <= 0 {
		o.Records = recordsFor
	}
	roots := &gcRoots{c: rep.collect, s: p.store, seen: map[[32]byte]struct{}{}}
	records := gcRecords{
		since: p.host.Now().Add(-o.Records).UTC().Format("20060102-150405"),
		old:   func(name string) { rep.files = append(rep.files, name) },
	}
	if err := roots.project(ctx, p, rep.Scope, records); err != nil {
		return err
	}
	rep.Records, rep.Projects = len(rep.files), []string{p.Root}
	others, err := p.otherProjects(o, rep)
	if err != nil {
		return err
	}
	for _, other := range others {
		wide := allScopes
		wide.Commits = rep.Scope.Commits
		if err := roots.project(ctx, other, wide, gcRecords{old: func(string) {}}); err != nil {
			return err
		}
		rep.Projects = append(rep.Projects, other.Root)
	}
	p.oldCertificates(rep)
	rep.modules, rep.Modules = p.unusedModules()
	if o.Older > 0 { // the parts of an image are not used each by itself
		since := p.host.Now().Add(-o.Older)
		if err := roots.imagesThat(p, func(n image.Note) bool { return n.Used.After(since) }); err != nil {
			return err
		}
	}
	opt := store.CollectOptions{Size: o.Size, Older: o.Older, Data: o.Data, Stale: staleFor}
	v, err := rep.collect.Survey(ctx, opt)
	if err != nil {
		return err
	}
	rep.fill(v)
	return p.fillImages(rep)
}

// fillImages lists the images that go.
func (p *Project) fillImages(rep *GCReport) error {
	rep.Images = []GCImage{}
	notes, err := p.images().Notes()
	for _, n := range notes {
		if rep.survey.Removes(n.Tree) {
			rep.Images = append(rep.Images, GCImage{n.Ref, n.Image, n.Platform, n.Used.UTC(), n.Bytes})
		}
	}
	return err
}

// otherProjects are those that use the same cache. One that is not there may be on a
// disk that is not mounted: what it needs is not known.
func (p *Project) otherProjects(o GCOptions, rep *GCReport) ([]*Project, error) {
	list, err := p.SharedProjects()
	if err != nil {
		return nil, err
	}
	var out []*Project
	var gone []string
	for _, s := range list {
		switch {
		case s.Root == p.Root:
		case slices.Contains(o.Forget, s.Root):
			rep.forget = append(rep.forget, filepath.Join(p.cacheDir(), "projects", projectID(s.Root)+".json"))
		case !exists(p.host.FS, filepath.Join(s.Root, Dir)):
			gone = append(gone, s.Root)
		default:
			out = append(out, &Project{host: p.host, Root: s.Root, store: p.store, view: fs.NewProject(p.host.FS, s.Root)})
		}
	}
	if len(gone) == 0 {
		return out, nil
	}
	slices.Sort(gone)
	return nil, failure(diag.Diagnostic{
		Code: "E-gc-project",
		Detail: fmt.Sprintf("The cache %s is shared with %s, which cannot be reached. Nothing was removed. Mount it; if it is gone for good: dewar gc --forget %s",
			p.cacheDir(), strings.Join(gone, " and "), strings.Join(gone, " --forget ")),
	})
}

// oldCertificates finds kept evaluations and certificates that nobody has come
// back to for long.
func (p *Project) oldCertificates(rep *GCReport) {
	before := p.host.Now().Add(-certificateFor).UnixNano()
	for _, dir := range []string{p.path("eval"), filepath.Dir(p.certificatePath("x"))} {
		entries, err := p.host.FS.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name := filepath.Join(dir, e.Name)
			if info, err := p.host.FS.Lstat(name); err == nil && info.IsRegular() && info.MTime < before {
				rep.files = append(rep.files, name)
			}
		}
	}
}

func (rep *GCReport) fill(v *store.Survey) {
	rep.survey = v
	rep.Before, rep.Named, rep.Kept, rep.InUse = v.Before, v.Reached, v.Kept, v.InUse
	rep.Rebuild, rep.Freed, rep.Loose, rep.Copies, rep.Trees, rep.Stale = v.Rebuild.Seconds(), v.Freed, v.Loose, v.Twins, v.Trees, v.Stale
	rep.Results, rep.Data = []GCResult{}, []GCData{}
	for _, r := range v.Results {
		rep.Results = append(rep.Results, GCResult{r.Action.Hex(), r.Output, r.Used.UTC(), r.Wall.Seconds(), r.Bytes})
	}
	for _, d := range v.Data {
		rep.Data = append(rep.Data, GCData{d.Note.Name, d.Note.Path, d.Note.Project, d.Note.Content.Digest.String(), d.Amount})
	}
}

// Removes is what would go.
func (rep *GCReport) Removes() store.Amount { return rep.survey.Removed() }
