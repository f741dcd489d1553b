package fs

// View reads a project: paths are project-relative, cleaned, with slashes; "."
// is the project. *Project and *Recorder are views.
type View interface {
	ReadFile(path string) ([]byte, error)
	ReadDir(path string) ([]Entry, error)
	Lstat(path string) (Info, error)
	Stat(path string) (Info, error)
}

// Project is a directory of a filesystem as a View. A path that leads out of
// it, by ".." or through a symbolic link, is a *BadPath error.
type Project struct {
	fsys FS
	root string
}

// NewProject returns the view of root, a native absolute path.
func NewProject(fsys FS, root string) *Project { return &Project{fsys, root} }

// Root returns the native path of the project.
func (p *Project) Root() string { return p.root }

// Native returns the native path of a project path, without looking at links.
func (p *Project) Native(path string) string { panic("unwritten") }

// ReadFile returns the bytes of a file.
func (p *Project) ReadFile(path string) ([]byte, error) { panic("unwritten") }

// ReadDir lists a directory, sorted by the bytes of the names.
func (p *Project) ReadDir(path string) ([]Entry, error) { panic("unwritten") }

// Lstat describes path itself; links above it are followed.
func (p *Project) Lstat(path string) (Info, error) { panic("unwritten") }

// Stat describes what path leads to.
func (p *Project) Stat(path string) (Info, error) { panic("unwritten") }
