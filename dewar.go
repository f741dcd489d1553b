// Package dewar is the engine as a library: open a project, evaluate a
// pipeline, plan, run, check out. The command line and the local web page are
// its clients and can do nothing that it cannot.
//
// It wires the rooms together and owns what none of them may know alone: how
// the contents of inputs are found, what counts as unchanged, when a result is
// kept, what the lock says afterwards.
package dewar

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/toolchain"
	"github.com/dewar-build/dewar/store"
)

// Dir is the directory that makes a directory tree a project.
const Dir = ".dewar"

// Host is everything that the engine takes from the machine it is on. Nothing
// below reads the clock, the environment or the filesystem in another way.
type Host struct {
	FS        fs.FS
	Now       func() time.Time
	LookupEnv func(string) (string, bool)
	Build     string // identifies this build of dewar: kept evaluations of another are not used
	OS, Arch  string // of the actions, in Go's words
	CPUs      int
	Memory    int64     // bytes; 0: unknown
	GPUs      []run.GPU // that may be used
	LockDir   string    // where processes of this machine share devices; the same for all users
	Self      string    // this program: dewar-remote is looked for beside it
	// Ticker ticks every d until it is stopped; nil: the system's.
	Ticker func(d time.Duration) (c <-chan time.Time, stop func())
	// Command starts a program of the host and returns what it printed: Git.
	Command func(ctx context.Context, argv []string) ([]byte, error)
	// Ask starts a program of the host that says what a toolchain is; nil: none is
	// started. AskProgram does it.
	Ask func(ctx context.Context, q Question) (Answer, error)
	// Download appends a file of the web from offset on to a file of this machine; progress
	// hears of bytes as they come, and of less than nothing if they begin anew. An error
	// with a method Temporary that says false is final. nil: nothing is downloaded.
	Download func(ctx context.Context, url, name string, offset int64, progress func(n int64)) error
	Images   *image.Network // how registries of images are reached; nil: none is
	// Executor makes what runs commands, once it is needed. slots is how many
	// actions may run at once.
	Executor func(p *Project, slots int) (Executor, error)
}

// Executor runs commands until it is closed.
type Executor interface {
	run.Executor
	io.Closer
}

// Project is an open project.
type Project struct {
	host  Host
	Root  string // on this machine
	store *store.Store
	index *fs.Index
	view  *fs.Project

	config *config.Config

	toolchainMemory toolchain.Memory // of what commands said

	mu        sync.Mutex
	outside   *fs.Index      // of what lies outside; nil until it is needed
	warnings  diag.List      // what was wrong with our own files, and is mended
	temporary []func() error // remove directories that TempRoot made
}

// FindProject returns the root of the project that dir lies in.
func FindProject(fsys fs.FS, dir string) (string, error) {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if info, err := fsys.Stat(filepath.Join(at, Dir)); err == nil && info.IsDir() {
			return at, nil
		}
		if filepath.Dir(at) == at {
			return "", &diag.Failure{List: diag.List{{
				Code:   "E-project-missing",
				Detail: fmt.Sprintf("Neither %s nor a directory above it holds %s. Run `dewar init` in the directory that is to be the project.", dir, Dir),
			}}}
		}
	}
}

// Open opens the project at root. It creates what is missing in .dewar but the
// directory itself. A damaged index is set aside and made anew.
func Open(h Host, root string) (*Project, error) {
	if h.CPUs == 0 {
		h.CPUs = runtime.NumCPU()
	}
	if h.Ticker == nil {
		h.Ticker = systemTicker
	}
	p := &Project{host: h, Root: root, view: fs.NewProject(h.FS, root)}
	if _, err := h.FS.Stat(p.path()); err != nil {
		return nil, fmt.Errorf("open project: %w", err)
	}
	if err := p.open(); err != nil {
		return nil, p.explainUnwritable(err)
	}
	return p, nil
}

func (p *Project) open() (err error) {
	if err := p.configure(); err != nil {
		return err
	}
	if err := p.openStore(); err != nil {
		return err
	}
	if p.index, err = fs.OpenIndex(p.host.FS, p.path()); err != nil {
		_ = p.store.Close()
	}
	return err
}

// Close writes what the index has learned and gives back what the store holds.
func (p *Project) Close() error {
	errs := append([]error{p.index.Save(), p.index.Close()}, p.closeOutside()...)
	for _, remove := range p.temporary {
		errs = append(errs, remove())
	}
	return errors.Join(append(errs, p.store.Close())...)
}

func systemTicker(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// path returns a path inside .dewar.
func (p *Project) path(parts ...string) string {
	return filepath.Join(append([]string{p.Root, Dir}, parts...)...)
}

// host path of a project-relative path.
func (p *Project) hostPath(rel string) string { return filepath.Join(p.Root, filepath.FromSlash(rel)) }

// corrupt is told of blobs and results that were not what their name says.
func (p *Project) corrupt(c store.Corruption) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warnings = append(p.warnings, corruption(c))
}

// Warnings returns what went wrong in the project's own files and was mended.
func (p *Project) Warnings() diag.List {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := append(diag.List{}, p.warnings...)
	for _, w := range p.index.Warnings() {
		out = append(out, diag.Diagnostic{Severity: diag.Warning, Code: "W-index-corrupt", Detail: w})
	}
	return out
}

// explainUnwritable says what a read-only .dewar means.
func (p *Project) explainUnwritable(err error) error {
	if !isPermission(err) {
		return err
	}
	return &diag.Failure{List: diag.List{{
		Code:   "E-project-unwritable",
		Detail: fmt.Sprintf("dewar keeps its cache in %s and may not write there: %v. Make it writable for you, or work in a copy of the project.", p.path(), err),
	}}}
}

// platform is what every action's platform says.
func (p *Project) platform() []graph.Var {
	return platform(p.host.OS, p.host.Arch)
}

func exists(fsys fs.FS, name string) bool {
	_, err := fsys.Lstat(name)
	return err == nil || !isNotExist(err)
}

func isNotExist(err error) bool   { return errors.Is(err, iofs.ErrNotExist) }
func isPermission(err error) bool { return errors.Is(err, iofs.ErrPermission) }

// Blobs is where executors take inputs from.
func (p *Project) Blobs() *store.Store { return p.store }

// TempRoot makes a directory on the store's filesystem for what executors keep
// longer than one execution; it goes with the Project. Where none can be made
// it is "".
func (p *Project) TempRoot() string {
	dir, remove, err := p.store.TempDir()
	if err != nil {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.temporary = append(p.temporary, remove)
	return dir
}

// Rel returns the project path of a path of this machine, or an error if it
// lies outside.
func (p *Project) Rel(host string) (string, error) {
	rel, err := filepath.Rel(p.Root, host)
	if err != nil {
		return "", err
	}
	return fs.CleanProjectPath(".", filepath.ToSlash(rel))
}
