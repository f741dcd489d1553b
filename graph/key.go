package graph

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
)

// The action key.
//
// An action is written down as three kinds of messages of the Remote Execution
// API: a Command (what to run), Directory messages (the input root: what it
// sees), and an Action that names both by digest and adds a salt (what the API
// has no word for). The action key is the digest of the Action. Nothing about
// hashing is our own: any cache or cluster that speaks the API computes the
// same key from the same messages. spec/keys.md has the encoding to the byte.
//
// An action key nobody can explain is worth little: when something runs again,
// the person wants to know which of a hundred ingredients is to blame. So there is
// one walk over an action, keyWriter, and each of its methods writes an ingredient
// twice: into the message, and (when asked) as a labelled Field. There is no
// second list of what matters that could forget one.
//
// The correspondence is exact: actions with equal explanations have equal
// action keys and the other way round (a property test holds it). That is why
// the fields of the input root come out of the walk over the tree and not from
// Action.Mkdirs: a directory that must exist, and does because an input stands
// in it, changes nothing and is not mentioned.
//
// What must never get in: times, owners, absolute paths of the workspace,
// limits and resources, the names of the stage and the point. A renamed stage
// keeps its results.

// Format is the version of this encoding. It is in every salt: a new version
// disowns all older results.
const Format = "1"

// Encoded is an action as the messages of the Remote Execution API, each in
// canonical form.
type Encoded struct {
	Key     digest.Digest // the action key: the digest of Action
	Action  []byte        // Action
	Command []byte        // Command
	Dirs    [][]byte      // the Directory messages between the input root and the leaves, the root first; never the empty one
	Root    digest.Digest // the digest of the input root
}

// Key encodes a. It fails when a is not in the form that Action describes, or
// holds text that is not UTF-8.
func (a *Action) Key() (Encoded, error) {
	w := keyWriter{}
	e := w.action(a)
	return e, w.err
}

// Explain returns the fields of the action key in the order in which they are
// hashed. Two actions have the same key if and only if they have the same
// explanation.
func (a *Action) Explain() ([]Field, error) {
	w := keyWriter{explain: true}
	w.action(a)
	return w.fields, w.err
}

// keyWriter writes the messages of one action and their explanation.
type keyWriter struct {
	explain bool
	fields  []Field
	err     error // the first
}

// note records a field. The label comes in two halves, and contents as they
// are, so that a key without its explanation pays for no text.
func (w *keyWriter) note(kind, name, value string) {
	if w.explain {
		w.fields = append(w.fields, Field{kind + name, value})
	}
}

func (w *keyWriter) noteContent(l *Leaf) {
	if w.explain {
		w.note("input ", l.At, FormatContent(l.Content))
	}
}

func (w *keyWriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("action: "+format, args...)
	}
}

// text passes s on if it may stand in a message.
func (w *keyWriter) text(s string) string {
	if !utf8.ValidString(s) {
		w.fail("%q is not UTF-8", s)
	}
	return s
}

func (w *keyWriter) action(a *Action) Encoded {
	w.checkPaths(a)
	if w.err != nil {
		return Encoded{}
	}
	platform := w.platform(a.Platform)
	var e Encoded
	e.Command = w.command(a, platform)
	e.Root, e.Dirs = w.inputRoot(a)
	b := make([]byte, 0, 256+len(platform))
	b = appendDigest(b, actionCommand, digest.Of(e.Command))
	b = appendDigest(b, actionRoot, e.Root)
	salt := w.salt(a.Salt)
	b = append(appendLen(b, actionSalt, len(salt)), salt...)
	if len(platform) > 0 {
		b = append(appendLen(b, actionPlatform, len(platform)), platform...)
	}
	e.Action, e.Key = b, digest.Of(b)
	return e
}

// checkPaths sees to it that the walk over the tree meets sound paths only.
func (w *keyWriter) checkPaths(a *Action) {
	if !inside(a.WorkingDir) {
		w.fail("working directory %q is not a path inside the input root", a.WorkingDir)
	}
	for _, o := range a.Outputs {
		if !inside(w.text(o.At)) || o.At == "." {
			w.fail("output %q is not a path inside the input root", o.At)
		}
	}
	for _, d := range a.Mkdirs {
		if !inside(w.text(d)) {
			w.fail("directory %q is not a path inside the input root", d)
		}
	}
	for i := range a.Inputs {
		w.leaf(&a.Inputs[i])
	}
}

// platform returns the Platform message, which Command and Action both hold:
// older servers read the one, newer ones the other.
func (w *keyWriter) platform(vars []Var) []byte {
	b := make([]byte, 0, 64*len(vars))
	for i, v := range vars {
		if i > 0 && (vars[i-1].Name > v.Name || vars[i-1].Name == v.Name && vars[i-1].Value >= v.Value) {
			w.fail("platform property %q is out of order or there twice", v.Name)
		}
		w.note("platform ", v.Name, v.Value)
		b = appendVar(b, platformProperty, Var{w.text(v.Name), w.text(v.Value)})
	}
	return b
}

func (w *keyWriter) command(a *Action, platform []byte) []byte {
	b := make([]byte, 0, 1024)
	for i, arg := range a.Args {
		if w.explain {
			w.note("argument ", strconv.Itoa(i), arg)
		}
		b = appendText(b, commandArgument, w.text(arg))
	}
	for i, v := range a.Env {
		if i > 0 && a.Env[i-1].Name >= v.Name {
			w.fail("environment variable %q is out of order or there twice", v.Name)
		}
		w.note("env ", v.Name, v.Value)
		b = appendVar(b, commandEnv, Var{w.text(v.Name), w.text(v.Value)})
	}
	if len(platform) > 0 {
		b = append(appendLen(b, commandPlatform, len(platform)), platform...)
	}
	w.note("working directory", "", a.WorkingDir)
	if a.WorkingDir != "." { // the API says "" for the root
		b = appendText(b, commandWorkingDir, w.text(a.WorkingDir))
	}
	for _, p := range w.outputPaths(a) {
		b = appendText(b, commandOutputPath, w.text(p))
	}
	return b
}

// outputPaths returns the output paths as the API wants them: relative to the
// working directory, sorted, none twice. Whether an output is a directory shows in the
// input root, where it then exists.
func (w *keyWriter) outputPaths(a *Action) []string {
	paths := make([]string, len(a.Outputs))
	for i, o := range a.Outputs {
		paths[i] = relative(a.WorkingDir, o.At)
	}
	sort.Strings(paths)
	paths = slices.Compact(paths)
	for _, p := range paths {
		w.note("output ", p, "declared")
	}
	return paths
}

// salt returns the labelled lines of what the API has no field for: a line is
// label, tab, value, line feed; backslash, tab and line feed are escaped in
// both, so that no value can pass for another line.
func (w *keyWriter) salt(fields []Field) []byte {
	b := appendSaltLine(make([]byte, 0, 64), Field{"format", Format})
	w.note("salt format", "", Format)
	for i, f := range fields {
		if i > 0 && fields[i-1].Label >= f.Label {
			w.fail("salt %q is out of order or there twice", f.Label)
		}
		w.note("salt ", f.Label, f.Value)
		b = appendSaltLine(b, f)
	}
	return b
}

func appendSaltLine(b []byte, f Field) []byte {
	b = append(appendEscaped(b, f.Label), '\t')
	return append(appendEscaped(b, f.Value), '\n')
}

func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\':
			b = append(b, '\\', '\\')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, c)
		}
	}
	return b
}

// inside reports whether p is a cleaned path that stays inside.
func inside(p string) bool {
	return p == "." || p != "" && p[0] != '/' && p != ".." && !strings.HasPrefix(p, "../") &&
		!strings.Contains(p, "\x00") && path.Clean(p) == p
}

// relative returns p as seen from dir; both are cleaned and inside.
func relative(dir, p string) string {
	if dir == "." {
		return p
	}
	up := ""
	for dir != "." && dir != p && !strings.HasPrefix(p, dir+"/") {
		dir, up = path.Dir(dir), up+"../"
	}
	switch {
	case dir == p:
		return strings.TrimSuffix(up, "/")
	case dir == ".":
		return up + p
	}
	return up + p[len(dir)+1:]
}
