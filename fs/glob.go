package fs

// Glob returns the files below dir that match one of the patterns, as project
// paths, sorted by bytes, each once. Patterns are relative to dir: "*" and "?"
// within a name, "[a-z]", "{a,b}", "**" for any number of directories; with a
// trailing slash they match directories. Links are not followed by "**". Only directories that
// can hold a match are read. ignore may be nil. The error of a
// malformed pattern is a *BadPattern.
func Glob(view View, dir string, patterns []string, ignore *Ignore) ([]string, error) {
	panic("unwritten")
}

// BadPattern is the error of a glob pattern that cannot be read.
type BadPattern struct {
	Pattern string
	Problem string
}

func (e *BadPattern) Error() string { return "pattern " + e.Pattern + ": " + e.Problem }
