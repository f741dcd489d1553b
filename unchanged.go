package dewar

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"golang.org/x/sync/errgroup"
)

// A run that ends with everything in place leaves a certificate: everything it
// rests on, as a list of paths and contents. While all of it is as it was, a
// run has nothing to do, and knows so without evaluating, without action keys
// and without the lock's text: it looks at every file once. The certificate
// lies in the cache, so that without a cache there is none, and the bytes of
// the workspace are taken in again.

// certificateHeader is the first line of a certificate.
type certificateHeader struct {
	Instances  int                `json:"instances"`
	Trace      fs.Trace           `json:"trace"`
	Env        map[string]*string `json:"env,omitempty"`
	Toolchains []certified        `json:"toolchains,omitempty"`
	Git        bool               `json:"git"`  // whether there is one to write a .gitignore for
	Size       int                `json:"size"` // of the list that follows: half of it is none
}

// certified is a toolchain and what it was found to be.
type certified struct {
	Declared    graph.Toolchain `json:"declared"`
	Fingerprint string          `json:"fingerprint"`
	Base        string          `json:"base,omitempty"` // BaseDigest, if a hermetic instance has it
}

// certificatePath is in the store. In one that others share, what is certified is
// certified of one project.
func (p *Project) certificatePath(id string) string {
	if p.cacheDir() == p.path("cache") {
		return p.path("cache", "unchanged", id)
	}
	return filepath.Join(p.cacheDir(), "unchanged", projectID(p.Root), id)
}

// Unchanged returns the report of a run that has nothing to do, or nil if that
// cannot be certified: then Evaluate and Run find out. It is for runs of
// everything that do not care to hear of each instance.
func (p *Project) Unchanged(ctx context.Context, e EvalOptions, o RunOptions) *Report {
	if len(o.Select) > 0 || o.Force || o.DryRun || o.Trace || o.Strict {
		return nil
	}
	began := p.host.Now()
	b, err := fs.ReadFile(p.host.FS, p.certificatePath(p.evaluationID(e)))
	if err != nil {
		return nil
	}
	first, rest, ok := bytes.Cut(b, []byte("\n"))
	var h certificateHeader
	if !ok || json.Unmarshal(first, &h) != nil {
		return nil
	}
	if h.Size != len(rest) || h.Git != p.inGit() || !h.Trace.Holds(p.view, p.index) || !p.sameEnv(h.Env) || !p.sameToolchains(ctx, h.Toolchains) || !p.sameContents(ctx, rest) {
		return nil
	}
	sum := run.Summary{Instances: h.Instances, Unchanged: h.Instances}
	sum.Wall = p.host.Now().Sub(began)
	return &Report{Summary: sum}
}

// sameEnv reports whether the variables are as an evaluation saw them.
func (p *Project) sameEnv(seen map[string]*string) bool {
	for name, was := range seen {
		now, set := p.host.LookupEnv(name)
		if set != (was != nil) || set && now != *was {
			return false
		}
	}
	return true
}

func (p *Project) sameToolchains(ctx context.Context, list []certified) bool {
	for _, c := range list {
		f, diags := p.toolchains().Find(ctx, c.Declared, c.Base != "")
		if len(diags) > 0 || f.Binding.Fingerprint != c.Fingerprint || f.Binding.BaseDigest != c.Base {
			return false
		}
	}
	return true
}

// sameContents reports whether every path of the list holds what it held.
func (p *Project) sameContents(ctx context.Context, lines []byte) bool {
	scan := p.hasher(&directories{})
	whole := everything(scan)
	var different atomic.Bool
	var g errgroup.Group
	g.SetLimit(p.host.CPUs)
	for len(lines) > 0 && !different.Load() {
		part := lines
		if len(part) > 32<<10 { // a worker's share: enough of it that handing it out costs nothing
			if end := bytes.IndexByte(part[32<<10:], '\n'); end >= 0 {
				part = part[:32<<10+end+1]
			}
		}
		lines = lines[len(part):]
		g.Go(func() error {
			for line := range bytes.Lines(part) {
				path, want, output, ok := parseCertified(line)
				if !ok {
					different.Store(true)
					return nil
				}
				got, err := scan.Content(ctx, path)
				if output && (err != nil || got != want) {
					got, err = whole.Content(ctx, path)
				}
				if err != nil || got != want {
					different.Store(true)
					return nil
				}
			}
			return nil
		})
	}
	_ = g.Wait()
	return !different.Load()
}

// certify writes the certificate of a run that ended with everything in place.
// Failing to is no failure: the next run finds out the long way.
func (s *session) certify(rep *Report) {
	if s.ev.id == "" || len(s.ev.Warnings) > 0 || s.unmet || rep.Failed+rep.Skipped > 0 || rep.Interrupted || rep.Instances != len(s.g.Instances) {
		return
	}
	list := map[string]certifiedPath{}
	for i := range s.g.Instances {
		x := &s.g.Instances[i]
		if x.Always || x.Frozen || s.state[i].outputs == nil {
			return
		}
		for n, o := range x.Outputs {
			if o.NoCheckout {
				return
			}
			list[o.Path] = certifiedPath{s.state[i].outputs[n], true}
		}
	}
	for of, c := range s.contents.of {
		if c.err != nil || isExternal(of.path) {
			return
		}
		list[of.path] = certifiedPath{c.content, false}
	}
	for _, name := range []string{"pipeline.lock", ".gitignore"} {
		at := join(s.g.Dir, name)
		c, err := s.hash.Content(context.Background(), at)
		if err != nil {
			return
		}
		list[at] = certifiedPath{c, false}
	}
	h := certificateHeader{Instances: len(s.g.Instances), Trace: s.ev.trace, Env: s.ev.env, Git: s.p.inGit()}
	for _, t := range s.g.Toolchains {
		if b, ok := s.bindings[t.Name]; ok {
			h.Toolchains = append(h.Toolchains, certified{t, b.Fingerprint, b.BaseDigest})
		}
	}
	var lines []byte
	for _, path := range slices.Sorted(maps.Keys(list)) {
		lines = appendCertified(lines, path, list[path])
	}
	h.Size = len(lines)
	b, err := json.Marshal(h)
	if err != nil {
		return
	}
	b = append(append(b, '\n'), lines...)
	at := s.p.certificatePath(s.ev.id)
	if s.p.host.FS.MkdirAll(filepath.Dir(at), 0o777) == nil {
		_ = fs.WriteFile(s.p.host.FS, at, b)
	}
}

// certifiedPath is what a path held, and whether as an output: in those
// nothing is ignored.
type certifiedPath struct {
	content digest.Content
	output  bool
}

// certifiedKinds are the letters of a line, by what stands at its path.
const (
	certifiedNothing    = '-'
	certifiedFile       = 'f'
	certifiedExecutable = 'x'
	certifiedDirectory  = 'd'
	certifiedOutput     = 'o' // a directory that is an output
)

func appendCertified(b []byte, path string, p certifiedPath) []byte {
	kind, c := byte(certifiedNothing), p.content
	switch {
	case c.Kind == digest.Directory && p.output:
		kind = certifiedOutput
	case c.Kind == digest.Directory:
		kind = certifiedDirectory
	case c.Kind == digest.File && c.Exec:
		kind = certifiedExecutable
	case c.Kind == digest.File:
		kind = certifiedFile
	}
	return fmt.Appendf(b, "%c %s %s\n", kind, c.Digest, strconv.Quote(path))
}

func parseCertified(line []byte) (path string, c digest.Content, output, ok bool) {
	kind, rest, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
	d, quoted, _ := bytes.Cut(rest, []byte(" "))
	path, err := strconv.Unquote(string(quoted))
	if err != nil || len(kind) != 1 {
		return "", c, false, false
	}
	if kind[0] == certifiedNothing {
		return path, c, false, true
	}
	if c.Digest, err = digest.Parse(string(d)); err != nil {
		return "", c, false, false
	}
	switch kind[0] {
	case certifiedDirectory, certifiedOutput:
		c.Kind, output = digest.Directory, kind[0] == certifiedOutput
	case certifiedFile, certifiedExecutable:
		c.Kind, c.Exec = digest.File, kind[0] == certifiedExecutable
	default:
		return "", c, false, false
	}
	return path, c, output, true
}
