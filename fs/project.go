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
// it, by ".." or through a symbolic link, is a *BadPath error. Absolute links
// count as leading out: they mean another place on another machine.
type Project struct {
	fsys FS
	root string
}

// NewProject returns the view of root, a native absolute path.
func NewProject(fsys FS, root string) *Project { return &Project{fsys, root} }

// Root returns the native path of the project.
func (p *Project) Root() string { return p.root }

// Native returns the native path of a project path, without looking at links.
func (p *Project) Native(path string) string { return native(p.root, path) }

// ReadFile returns the bytes of a file.
func (p *Project) ReadFile(path string) ([]byte, error) {
	real, info, err := p.resolve(path, true)
	if err != nil {
		return nil, err
	}
	if special(info) {
		return nil, fail("read", path, ErrNotRegular)
	}
	return readRegular(p.fsys, native(p.root, real))
}

// ReadDir lists a directory, sorted by the bytes of the names.
func (p *Project) ReadDir(path string) ([]Entry, error) {
	real, _, err := p.resolve(path, true)
	if err != nil {
		return nil, err
	}
	return p.fsys.ReadDir(native(p.root, real))
}

// Lstat describes path itself; links above it are followed.
func (p *Project) Lstat(path string) (Info, error) {
	_, info, err := p.resolve(path, false)
	return info, err
}

// Stat describes what path leads to.
func (p *Project) Stat(path string) (Info, error) {
	_, info, err := p.resolve(path, true)
	return info, err
}

// Size is how many bytes a file has.
func (p *Project) Size(path string) (int64, error) {
	info, err := p.Stat(path)
	return info.Size, err
}

func (p *Project) resolve(path string, last bool) (string, Info, error) {
	clean, err := CleanProjectPath(".", path)
	if err != nil {
		return "", Info{}, err
	}
	return resolve(p.fsys, p.root, clean, last)
}
