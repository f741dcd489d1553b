package fs

import (
	"errors"
	iofs "io/fs"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many symbolic links one path may lead through; systems stop
// at 40 as well.
const maxLinks = 40

// resolver follows the symbolic links of a path one by one, so that it can
// tell where a path leaves the tree below root. (Opening first and asking where
// one is afterwards would have read what lies outside.)
type resolver struct {
	fsys  FS
	root  string // native
	path  string // the path asked for
	last  bool   // whether a link at the very end is followed too
	links int
	via   string // the link last followed
}

// resolve returns the path without symbolic links of the clean project path p,
// and what is there. What is missing at the end is an error that is
// iofs.ErrNotExist; what leads out of root is a *BadPath.
func resolve(fsys FS, root, p string, last bool) (string, Info, error) {
	r := &resolver{fsys: fsys, root: root, path: p, last: last}
	if p == "." {
		info, err := fsys.Stat(root)
		return p, info, err
	}
	return r.walk(".", p)
}

// walk goes from the directory at, which is free of links, along rest.
func (r *resolver) walk(at, rest string) (string, Info, error) {
	info := Info{Mode: iofs.ModeDir}
	for rest != "" {
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		switch name {
		case "", ".":
			continue
		case "..":
			if at == "." {
				return "", Info{}, r.bad(PathEscapes)
			}
			at = path.Dir(at)
			continue
		}
		here := path.Join(at, name)
		var err error
		if info, err = r.fsys.Lstat(native(r.root, here)); err != nil {
			return here, Info{}, err
		}
		if !info.IsSymlink() || rest == "" && !r.last {
			at = here
			continue
		}
		target, err := r.follow(here)
		if err != nil {
			return here, Info{}, err
		}
		rest = strings.TrimSuffix(target+"/"+rest, "/")
	}
	if at == "." { // a link to the project itself
		var err error
		info, err = r.fsys.Stat(r.root)
		return at, info, err
	}
	return at, info, nil
}

func (r *resolver) follow(link string) (string, error) {
	r.via = link
	if r.links++; r.links > maxLinks {
		return "", r.bad(PathLoop)
	}
	target, err := r.fsys.Readlink(native(r.root, link))
	if err != nil {
		return "", err
	}
	target = filepath.ToSlash(target)
	if path.IsAbs(target) || filepath.IsAbs(target) {
		return "", r.bad(PathEscapes)
	}
	return target, nil
}

func (r *resolver) bad(p PathProblem) error { return &BadPath{Path: r.path, Via: r.via, Problem: p} }

// native returns the native path of a project path.
func native(root, p string) string {
	if p == "." {
		return root
	}
	return filepath.Join(root, filepath.FromSlash(p))
}

// missing reports whether err says that a path does not exist, a component
// that is no directory included.
func missing(err error) bool {
	return errors.Is(err, iofs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
