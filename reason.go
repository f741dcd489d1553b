package dewar

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Reason is one thing that is different from the last time.
type Reason struct {
	graph.Change
	Lines  []string      // of a text that changed, a file or a script: "-old line", "+new line", only where they differ, at most reasonLines
	Params []ParamChange // of a word of the command: the params that it changed with, as far as that is certain
}

// NeverRun is the label of the reason that an instance has none to compare with.
const NeverRun = "never run"

// because is the reason that needs no comparison.
func because(label, text string) []Reason {
	return []Reason{{Change: graph.Change{Label: label, New: text}}}
}

const (
	reasonLines = 8        // lines of a changed file that are shown
	reasonBytes = 64 << 10 // larger files are not compared by line
)

// withLines adds to changed files the lines that changed: for a params file,
// that is the param.
func (s *session) withLines(x *graph.Instance, changes []graph.Change) []Reason {
	out := make([]Reason, len(changes))
	for i, c := range changes {
		out[i].Change = c
		if strings.Contains(c.Old, "\n") && strings.Contains(c.New, "\n") { // a script
			out[i].Lines = changedLines([]byte(c.Old), []byte(c.New))
			continue
		}
		at, ok := strings.CutPrefix(c.Label, "input ")
		was, errWas := graph.ParseContent(c.Old)
		now, errNow := graph.ParseContent(c.New)
		if !ok || errWas != nil || errNow != nil || was.Kind != digest.File || now.Kind != digest.File {
			continue
		}
		if was.Digest.Size > reasonBytes || now.Digest.Size > reasonBytes {
			continue
		}
		a, err := s.p.store.ReadAll(was.Digest, reasonBytes)
		if err != nil {
			continue
		}
		if b, ok := s.inputBytes(x, at, now.Digest); ok {
			out[i].Lines = changedLines(a, b)
		}
	}
	return out
}

// inputBytes returns the bytes of an input file as it is now.
func (s *session) inputBytes(x *graph.Instance, at string, d digest.Digest) ([]byte, bool) {
	if b, err := s.p.store.ReadAll(d, reasonBytes); err == nil {
		return b, true
	}
	for i := range x.Inputs {
		in := &x.Inputs[i]
		switch {
		case in.Kind == graph.Literal && in.At == at:
			return in.Bytes, digest.Of(in.Bytes) == d
		case in.Kind == graph.Workspace && (in.At == at || strings.HasPrefix(at, in.At+"/")):
			b, err := fs.ReadFile(s.p.host.FS, s.p.hostPath(in.Path+strings.TrimPrefix(at, in.At)))
			return b, err == nil && digest.Of(b) == d
		}
	}
	return nil, false
}

// changedLines returns what stands between the lines that both texts begin and
// end with. It is no minimal difference, and need not be: it answers what
// changed, mostly one line. Bytes that are no text have none.
func changedLines(a, b []byte) []string {
	if !utf8.Valid(a) || !utf8.Valid(b) || bytes.IndexByte(a, 0) >= 0 || bytes.IndexByte(b, 0) >= 0 {
		return nil
	}
	was, now := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for len(was) > 0 && len(now) > 0 && was[0] == now[0] {
		was, now = was[1:], now[1:]
	}
	for len(was) > 0 && len(now) > 0 && was[len(was)-1] == now[len(now)-1] {
		was, now = was[:len(was)-1], now[:len(now)-1]
	}
	if len(was)+len(now) > reasonLines {
		return nil
	}
	var out []string
	for _, line := range was {
		out = append(out, "-"+line)
	}
	for _, line := range now {
		out = append(out, "+"+line)
	}
	return out
}
