package fs

// IgnoreFile is the name of the files that hold ignore patterns.
const IgnoreFile = ".dewarignore"

// Ignore decides which paths of a project do not exist for us: the built-in
// patterns, then the IgnoreFile of every directory, in the language of
// .gitignore. It is safe for concurrent use. Ignore files are read once, so
// make a new one for each command.
type Ignore struct{}

// NewIgnore returns the rules of a project; read reads a project file, as
// View.ReadFile does.
func NewIgnore(read func(path string) ([]byte, error)) *Ignore { panic("unwritten") }

// Match reports whether the project path is ignored, by itself or because a
// directory above it is.
func (g *Ignore) Match(path string, dir bool) (bool, error) { panic("unwritten") }
