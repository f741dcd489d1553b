package eval

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// path reads a path that the pipeline gives: relative to its directory, inside the
// project, in one spelling on every machine. slash tells whether it ended in one.
func (ev *evaluator) path(fr *frame, s string, at diag.Span, what string) (p string, slash, ok bool) {
	bad := func(code, detail string) (string, bool, bool) {
		ev.errorf(fr, code, at, "%s %s.", what, detail)
		return "", false, false
	}
	switch {
	case s == "":
		return bad("E-path", "has an empty path")
	case strings.HasPrefix(s, "/"):
		return bad("E-path-absolute", "has the absolute path "+quoteJSON(s)+". Paths are relative to the pipeline's directory; what lies outside the project is for a toolchain")
	case len(s) > 2 && s[1] == ':' && s[2] == '\\', strings.HasPrefix(s, `\\`):
		return bad("E-path-absolute", "has the path "+quoteJSON(s)+", which is absolute on Windows. Paths are relative and have slashes")
	case strings.HasPrefix(s, "~/"):
		return bad("E-path-absolute", "has the path "+quoteJSON(s)+": ~ has no meaning here. Paths are relative to the pipeline's directory")
	case !fs.IsNFC(s):
		return bad("E-path-nfc", "has the path "+quoteJSON(s)+", which is not in Unicode normalization form C: systems would take it for several names. Rename the file")
	}
	p, err := fs.CleanProjectPath(ev.dir, s)
	var wrong *fs.BadPath
	if errors.As(err, &wrong) && wrong.Problem == fs.PathEscapes || err == nil && !ev.space.Owns(p) {
		return bad("E-path-escape", "has the path "+quoteJSON(s)+", which leads out of the project")
	} else if err != nil {
		return bad("E-path", "has the path "+quoteJSON(s)+", which no file can have")
	}
	if why := tooLong(p); why != "" {
		return bad("E-path", why)
	}
	if own := fs.Reserved(ev.space.Bare(p)); own != "" {
		return bad("E-path-reserved", "lies in "+own+", which is not part of what a pipeline works on")
	}
	return p, strings.HasSuffix(s, "/") || p == ev.space.Root(), true
}

// The longest names and paths that the filesystems of Linux and macOS take. The
// path's limit leaves room for where the project is.
const (
	longestName = 255
	longestPath = 3072
)

// tooLong says what is wrong with a path that no filesystem takes. Whoever ran
// into it only when the command has run would have lost its time.
func tooLong(p string) string {
	if len(p) > longestPath {
		return fmt.Sprintf("has a path of %d bytes; %d is the most that systems take", len(p), longestPath)
	}
	for len(p) > longestName {
		name, rest, _ := strings.Cut(p, "/")
		if len(name) > longestName {
			return fmt.Sprintf("has a path with a name of %d bytes in it; %d is the most that systems take. Point keys, as ${each.key}, are cut to fit", len(name), longestName)
		}
		p = rest
	}
	return ""
}
