package dewar

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// Tracked data is what a pipeline begins with: files that are too large for Git or of no
// interest to it. The lock has their digests, the store their bytes, and the workspace is
// what a run reads. A run writes down what it read; DataStatus says where the workspace has
// drifted from what was last written down, and DataUpdate accepts it without a run.

// DataKind says where tracked data comes from.
type DataKind string

// The kinds of data.
const (
	DataHere     DataKind = "workspace" // it lies in the project, and nothing brings it there
	DataOutside  DataKind = "external"  // it lies elsewhere on this machine and is only read
	DataDownload DataKind = "download"
	DataImport   DataKind = "import" // it is of another project
)

// Drift says how tracked data differs from what the lock says.
type Drift string

// The drifts.
const (
	DataUnchanged Drift = "unchanged"
	DataModified  Drift = "modified" // it holds something else
	DataMissing   Drift = "missing"  // nothing is there
	DataNew       Drift = "new"      // the lock does not know it
	DataUnread    Drift = "unread"   // it is external, and may not be read yet
)

// DataState is tracked data as it is.
type DataState struct {
	Name    string
	Path    string // in the project; of external data, where it lies on this machine, or was declared to
	Kind    DataKind
	Drift   Drift
	Locked  digest.Content // what the lock says; zero: nothing
	Now     digest.Content // what is there; zero: nothing
	Cached  bool           // the store has what the lock says
	Files   int64          // that are there
	Bytes   int64
	Changes []TreeChange // of a directory: from what the lock says to what is there, if that can be known
}

// DataStatus looks at tracked data, that of the names or all of it.
func (p *Project) DataStatus(ctx context.Context, ev *Evaluation, names []string) ([]DataState, error) {
	blocks, err := dataBlocks(ev.Graph, names)
	if err != nil {
		return nil, err
	}
	s, diags := p.newSession(ctx, ev, nil, true)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	out := make([]DataState, 0, len(blocks))
	for _, d := range blocks {
		st, err := s.dataState(ctx, d, s.peek)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, p.index.Save()
}

// dataState looks at data with scan, which may take it into the store at once.
func (s *session) dataState(ctx context.Context, d graph.Data, scan func(context.Context, string) (fs.Scanned, error)) (DataState, error) {
	st := DataState{Name: d.Name, Path: d.Path, Kind: kindOfData(d)}
	if l := s.lock.DataOf(d.Name); l != nil && l.Path == d.Path {
		st.Locked, st.Cached = l.Content, s.p.store.HasAll(l.Content)
	}
	if d.Host != "" {
		st.Path = d.Host
		host, ok := s.external.host(d.Path)
		if !ok {
			st.Drift = DataUnread
			return st, nil
		}
		st.Path = host
	}
	now, err := scan(ctx, d.Path)
	if err != nil {
		return st, dataUnreadable(d, err)
	}
	st.Now, st.Files, st.Bytes = now.Content, now.Files, now.Bytes
	switch {
	case st.Now.Kind == digest.None:
		st.Drift = DataMissing
	case st.Locked.Kind == digest.None && d.SHA256 == "":
		st.Drift = DataNew
	case d.SHA256 != "" && st.Now.Digest.Hex() == d.SHA256, st.Now == st.Locked:
		st.Drift = DataUnchanged
	default:
		st.Drift = DataModified
		st.Changes, _ = treeChanges(s.dir, st.Locked, st.Now) // what the store has lost cannot be compared
	}
	return st, nil
}

func kindOfData(d graph.Data) DataKind {
	switch {
	case d.Host != "":
		return DataOutside
	case d.URL != "":
		return DataDownload
	case d.From.Project != "":
		return DataImport
	}
	return DataHere
}

// lockedData returns the blocks of data of the names, or all, and the lock that says what they were.
func (p *Project) lockedData(ev *Evaluation, names []string) ([]graph.Data, *lock.Lock, error) {
	blocks, err := dataBlocks(ev.Graph, names)
	if err != nil {
		return nil, nil, err
	}
	l, diags := p.readLock(ev.Dir)
	return blocks, l, diags.Err()
}

// dataBlocks returns the data of the names, or all of it. A path names the data that lies there. What is
// part of a commit, that a module from Git is of, is not ours to track.
func dataBlocks(g *graph.Graph, names []string) ([]graph.Data, error) {
	var out []graph.Data
	if len(names) == 0 {
		for _, d := range g.Data {
			if !inModules(d.Path) {
				out = append(out, d)
			}
		}
		return out, nil
	}
	seen := map[string]bool{}
	for _, name := range names {
		d := dataNamed(g, name)
		if d == nil {
			return nil, failure(unknownData(g, name))
		}
		if inModules(d.Path) {
			return nil, failure(dataOfModule(g, d))
		}
		if !seen[d.Name] {
			seen[d.Name] = true
			out = append(out, *d)
		}
	}
	return out, nil
}

func dataNamed(g *graph.Graph, name string) *graph.Data {
	at := join(g.Dir, strings.TrimSuffix(name, "/"))
	for _, is := range []func(d *graph.Data) bool{
		func(d *graph.Data) bool { return d.Name == name },
		func(d *graph.Data) bool { return d.Path == at },
		func(d *graph.Data) bool { return "data."+d.Name == name }, // as messages have it
		func(d *graph.Data) bool { return graph.InBrackets(d.Name) == strings.TrimPrefix(name, "data.") },
	} {
		for i := range g.Data {
			if is(&g.Data[i]) {
				return &g.Data[i]
			}
		}
	}
	return nil
}

func unknownData(g *graph.Graph, name string) diag.Diagnostic {
	var known []string
	for _, d := range g.Data {
		known = append(known, d.Name)
	}
	d := diag.Diagnostic{Code: "E-data-unknown", Detail: fmt.Sprintf("There is no tracked data called %s.", name)}
	if len(known) == 0 {
		d.Detail += " The pipeline tracks none; `dewar data add PATH` begins to."
		return d
	}
	d.Detail += didYouMean(name, known) + " `dewar data list` lists them."
	return d
}

// dataOfModule says where the data of a module is changed.
func dataOfModule(g *graph.Graph, d *graph.Data) diag.Diagnostic {
	say := diag.Diagnostic{Code: "E-data-module", Span: d.Span}
	if inModules(d.Path) {
		say.Detail = fmt.Sprintf("data.%s is part of the commit that its module is of. There is nothing to bring, to update or to share: another rev has other data.", d.Name)
		return say
	}
	dir := path.Dir(d.Span.File)
	if inModules(dir) {
		say.Detail = fmt.Sprintf("data.%s is declared by a pipeline from Git, and is changed in that project: its new commit is the rev of the module.", d.Name)
		return say
	}
	say.Detail = fmt.Sprintf("data.%s is declared by the pipeline in %s, of which a module is made, and is changed there: dewar -C %s data …", d.Name, dir, relTo(g.Dir, dir))
	return say
}

// ours reports whether data is declared by the pipeline itself.
func ours(g *graph.Graph, d *graph.Data) bool { return path.Dir(d.Span.File) == path.Clean(g.Dir) }

func dataUnreadable(d graph.Data, err error) error {
	if errors.Is(err, context.Canceled) {
		return err // nothing is wrong with it
	}
	return failure(diag.Diagnostic{Code: "E-data-unreadable", Span: d.Span, Detail: fmt.Sprintf("Reading data.%s: %v.", d.Name, err)})
}

// lockData writes what was read of tracked data into the lock.
func (p *Project) lockData(dir string, list ...lock.Data) error {
	if l, _ := p.readLock(dir); l != nil {
		_ = noteData(p.store, p.Root, l.Data...) // what is replaced may be wanted again
	}
	_ = noteData(p.store, p.Root, list...)
	_, err := lock.Update(p.host.FS, p.lockPath(dir), p.path("lock"), func(l *lock.Lock) { l.PutData(list...) })
	if err != nil {
		return lockUnwritable(err)
	}
	return nil
}

// DataUpdate accepts what lies in the workspace: its bytes go into the store and its
// digests into the lock. What is missing stays as the lock has it. It returns the states before.
func (p *Project) DataUpdate(ctx context.Context, ev *Evaluation, names []string) ([]DataState, error) {
	blocks, err := dataBlocks(ev.Graph, names)
	if err != nil {
		return nil, err
	}
	s, diags := p.newSession(ctx, ev, nil, false)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	var states []DataState
	var list []lock.Data
	for _, d := range blocks {
		take := s.peek
		if d.Host == "" && d.SHA256 == "" { // nothing can be wrong with it: it is read once
			take = s.scan.Scan
		}
		st, err := s.dataState(ctx, d, take)
		if err != nil {
			return nil, err
		}
		states = append(states, st)
		if st.Drift == DataMissing || st.Drift == DataUnread {
			continue
		}
		if d.SHA256 != "" && st.Drift == DataModified {
			return nil, failure(notTheDownload(d, st.Now))
		}
		if d.Host == "" && d.SHA256 != "" {
			if st.Now, err = s.scan.Content(ctx, d.Path); err != nil {
				return nil, dataUnreadable(d, err)
			}
		}
		list = append(list, lock.Data{Name: d.Name, Path: d.Path, Content: st.Now})
	}
	if err := p.lockData(ev.Dir, list...); err != nil {
		return nil, err
	}
	return states, p.index.Save()
}

// notTheDownload says that a file is not what its sha256 says.
func notTheDownload(d graph.Data, now digest.Content) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E-data-mismatch", Span: d.Span,
		Detail: fmt.Sprintf("%s is to have the sha256 %s, and what lies there has %s. Remove the file and run `dewar data update %s` to download it, or correct the sha256 if this is the one you want.",
			d.Path, d.SHA256, now.Digest.Hex(), d.Name),
	}
}
