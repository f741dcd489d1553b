package graph

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// Resolver turns instances into actions.
type Resolver struct {
	Content  func(*Input) (digest.Content, error) // what an input of kind Workspace or Artifact is (Sub applied); None: nothing
	Host     func(*Input) string                  // where to bind an input with Reference from; nil: nowhere
	Salt     func(*Instance) ([]Field, error)     // toolchain fingerprints and the like; nil: none. isolation, image, network and secrets are added here
	Platform []Var                                // OSFamily and ISA; the instance's own are added
	Env      []Var                                // the closed environment: BaseEnv(); the instance's own wins
	Dirs     DirGetter                            // for inputs inside one another
}

// Resolve returns the action of x and the canonical bytes of directories that
// Layout made. An input that is not there is a *MissingError, inputs that
// disagree a *ConflictError, an error of Content an *InputError around it; errors
// of the other functions are returned as they are.
func (r *Resolver) Resolve(x *Instance) (*Action, [][]byte, error) {
	leaves, err := r.leaves(x)
	if err != nil {
		return nil, nil, err
	}
	salt, err := r.salt(x)
	if err != nil {
		return nil, nil, err
	}
	a := &Action{
		Args:       x.Args,
		Env:        mergeVars(r.Env, x.Env),
		Outputs:    outputPaths(x),
		WorkingDir: x.WorkingDir,
		Platform:   r.platform(x),
		Salt:       salt,
	}
	if a.WorkingDir == "" {
		a.WorkingDir = "."
	}
	dirs := neededDirs(a)
	var newDirs [][]byte
	if a.Inputs, newDirs, err = Layout(leaves, r.Dirs); err != nil {
		return nil, nil, err
	}
	missing, err := r.place(a, dirs)
	if err != nil || len(missing) == 0 {
		return a, newDirs, err
	}
	a.Inputs, newDirs, err = Layout(append(leaves, missing...), r.Dirs)
	return a, newDirs, err
}

// InputError says which input could not be looked at.
type InputError struct {
	Input *Input
	Err   error
}

func (e *InputError) Error() string { return e.Input.At + ": " + e.Err.Error() }
func (e *InputError) Unwrap() error { return e.Err }

func (r *Resolver) leaves(x *Instance) ([]Leaf, error) {
	leaves := make([]Leaf, 0, len(x.Inputs))
	for i := range x.Inputs {
		in := &x.Inputs[i]
		l := Leaf{At: in.At}
		var err error
		if in.Kind == Literal {
			l.Content = digest.Content{Kind: digest.File, Exec: in.Exec, Digest: digest.Of(in.Bytes)}
		} else if in.Kind == Collected { // Layout merges into it what stands inside
			l.Content = digest.Content{Kind: digest.Directory, Digest: digest.Empty}
		} else if l.Content, err = r.Content(in); err != nil {
			return nil, &InputError{in, err}
		}
		if l.Content.Kind == digest.None {
			return nil, &MissingError{in}
		}
		if in.Reference && r.Host != nil {
			l.Host = r.Host(in)
		}
		leaves = append(leaves, l)
	}
	return leaves, nil
}

func (r *Resolver) salt(x *Instance) ([]Field, error) {
	var salt []Field
	if r.Salt != nil {
		more, err := r.Salt(x)
		if err != nil {
			return nil, err
		}
		salt = append(salt, more...)
	}
	if x.Isolation != "" {
		salt = append(salt, Field{"isolation", string(x.Isolation)})
	}
	if x.Image.Digest != "" {
		salt = append(salt, Field{"image", x.Image.Digest})
	}
	if x.Network {
		salt = append(salt, Field{"network", "allowed"})
	}
	for _, s := range x.Secrets {
		salt = append(salt, Field{"secret " + s.Name, s.Version})
	}
	slices.SortFunc(salt, func(a, b Field) int { return strings.Compare(a.Label, b.Label) })
	return salt, nil
}

func (r *Resolver) platform(x *Instance) []Var {
	p := r.Platform
	if len(x.Platform) > 0 {
		p = append(slices.Clone(p), x.Platform...)
		slices.SortFunc(p, compareVars)
		p = slices.Compact(p)
	}
	return p
}

func compareVars(a, b Var) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Value, b.Value)
}

// mergeVars returns base with more on top, sorted; both are sorted.
func mergeVars(base, more []Var) []Var {
	if len(more) == 0 {
		return base
	}
	out := make([]Var, 0, len(base)+len(more))
	for len(base) > 0 && len(more) > 0 {
		switch c := strings.Compare(base[0].Name, more[0].Name); {
		case c < 0:
			out, base = append(out, base[0]), base[1:]
		case c > 0:
			out, more = append(out, more[0]), more[1:]
		default:
			out, base, more = append(out, more[0]), base[1:], more[1:]
		}
	}
	return append(append(out, base...), more...)
}

func outputPaths(x *Instance) []Path {
	out := make([]Path, len(x.Outputs))
	for i := range x.Outputs {
		out[i] = Path{x.Outputs[i].At, x.Outputs[i].Dir}
	}
	slices.SortFunc(out, func(a, b Path) int { return strings.Compare(a.At, b.At) })
	return out
}

// neededDirs returns the directories that a command finds made: those it
// writes into, and the one it starts in. Sorted, none twice.
func neededDirs(a *Action) []string {
	var dirs []string
	for _, o := range a.Outputs {
		if o.Dir {
			dirs = append(dirs, o.At)
		} else {
			dirs = append(dirs, path.Dir(o.At))
		}
	}
	dirs = append(dirs, a.WorkingDir)
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	return slices.DeleteFunc(dirs, func(d string) bool { return d == "." })
}

// place puts dirs into a.Mkdirs, but those that lie inside a directory that is
// an input: they are there, or are returned as leaves to be merged into it.
func (r *Resolver) place(a *Action, dirs []string) (missing []Leaf, err error) {
	for _, d := range dirs {
		l := a.around(d)
		if l == nil {
			a.Mkdirs = append(a.Mkdirs, d)
			continue
		}
		sub := strings.TrimPrefix(rooted(d)[len(rooted(l.At)):], "/")
		c, err := Lookup(r.Dirs, l.Content, sub)
		if err != nil {
			return nil, err
		}
		if c.Kind != digest.Directory {
			missing = append(missing, Leaf{At: d, Content: digest.Content{Kind: digest.Directory, Digest: digest.Empty}})
		}
	}
	return missing, nil
}

// around returns the leaf that stands at d or above it.
func (a *Action) around(d string) *Leaf {
	for i := range a.Inputs {
		if under(rooted(d), rooted(a.Inputs[i].At)) {
			return &a.Inputs[i]
		}
	}
	return nil
}

// MissingError says that an input is not there.
type MissingError struct{ Input *Input }

func (e *MissingError) Error() string {
	p := e.Input.Path
	if e.Input.Kind == Artifact {
		p = e.Input.At
	}
	return fmt.Sprintf("input %s: %s does not exist", e.Input.Label, p)
}

// BaseEnv returns the closed environment every action starts from, sorted. The
// home and the temporary directory are those of the sandbox, the time is
// 2000-01-01, as some archives cannot hold an earlier one.
func BaseEnv() []Var {
	return []Var{
		{"HOME", "/tmp/home"},
		{"LANG", "C.UTF-8"},
		{"LC_ALL", "C.UTF-8"},
		{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		{"PYTHONHASHSEED", "0"},
		{"SOURCE_DATE_EPOCH", "946684800"},
		{"TMPDIR", "/tmp"},
		{"TZ", "UTC"},
		{"USER", "dewar"},
	}
}
