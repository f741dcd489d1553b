package fs

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// PathProblem says what is wrong with a path.
type PathProblem uint8

// The problems of paths.
const (
	PathEmpty    PathProblem = iota + 1 // it is ""
	PathAbsolute                        // it starts with a slash
	PathEscapes                         // it leads out of the project
	PathNUL                             // it holds a NUL byte
	PathNotUTF8                         // its bytes are no text
	PathLoop                            // its symbolic links lead in a circle
)

func (p PathProblem) String() string {
	switch p {
	case PathEmpty:
		return "is empty"
	case PathAbsolute:
		return "is absolute"
	case PathEscapes:
		return "leads out of the project"
	case PathNUL:
		return "holds a NUL byte"
	case PathNotUTF8:
		return "is not UTF-8"
	case PathLoop:
		return "leads in a circle"
	default:
		return "is wrong"
	}
}

// BadPath is the error of a path that a project cannot have.
type BadPath struct {
	Path    string // as given
	Via     string // the symbolic link that leads out; "" if the text itself does
	Problem PathProblem
}

func (e *BadPath) Error() string {
	if e.Via != "" {
		return fmt.Sprintf("path %q %s through the symbolic link %q", e.Path, e.Problem, e.Via)
	}
	return fmt.Sprintf("path %q %s", e.Path, e.Problem)
}

// CleanProjectPath returns the project path that p names when it is written in
// the project directory base: cleaned, slashes, no trailing slash, "." for the
// project itself. The error is a *BadPath.
func CleanProjectPath(base, p string) (string, error) {
	bad := func(problem PathProblem) (string, error) {
		return "", &BadPath{Path: p, Problem: problem}
	}
	switch {
	case p == "":
		return bad(PathEmpty)
	case strings.Contains(p, "\x00"):
		return bad(PathNUL)
	case !utf8.ValidString(p):
		return bad(PathNotUTF8)
	case strings.HasPrefix(p, "/"):
		return bad(PathAbsolute)
	}
	clean := path.Join(base, p)
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return bad(PathEscapes)
	}
	return clean, nil
}

// Reserved returns ".git" or ".dewar" if a clean project path lies in a directory that
// some filesystem takes for one of that name, and "" otherwise. Whoever writes there
// decides what Git and dewar run on this machine, in nested repositories and projects too.
func Reserved(p string) string {
	for part := range strings.SplitSeq(p, "/") {
		part = strings.TrimRight(strings.Map(spelled, part), ". ") // Windows drops them
		switch {
		case strings.EqualFold(part, ".git") || strings.EqualFold(part, "git~1"): // the short name of old Windows
			return ".git"
		case strings.EqualFold(part, ".dewar") || strings.EqualFold(part, "dewar~1"):
			return ".dewar"
		}
	}
	return ""
}

// spelled drops the characters that macOS leaves out when it compares names.
func spelled(r rune) rune {
	switch {
	case r >= 0x200c && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x206a && r <= 0x206f, r == 0xfeff:
		return -1
	}
	return r
}

// IsNFC reports whether p is in Unicode normalization form C. Names that are
// not may be spelled twice by filesystems that normalize.
func IsNFC(p string) bool { return norm.NFC.IsNormalString(p) }
