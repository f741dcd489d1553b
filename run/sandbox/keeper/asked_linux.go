package keeper

import "golang.org/x/sys/unix"

// asked is what a shape names, opened while all of the host can be seen.
type asked struct {
	image int // the root of an image; -1 if there is none
	paths []detachedMount
}

// open clones what a shape names.
func open(s *Shape) (*asked, *failure) {
	a := &asked{image: -1}
	fail := a.open(s)
	if fail != nil {
		fail.asked = true // it has gone, or nobody may look at it
	}
	return a, fail
}

func (a *asked) open(s *Shape) (fail *failure) {
	if s.Kind == ShapeImage {
		if a.image, fail = detached(s.Image, readOnly); fail != nil {
			return fail
		}
	}
	for _, p := range s.Paths {
		fd, fail := detached(p, readOnly)
		if fail != nil {
			return fail
		}
		a.paths = append(a.paths, detachedMount{fd, p, isDir(fd)})
	}
	return nil
}

// show puts the paths into their places.
func (a *asked) show() *failure {
	made := &maker{}
	for _, m := range a.paths {
		at := base + m.at
		if fail := plain(m.at); fail != nil {
			return fail
		}
		if fail := made.point(at, m.dir); fail != nil {
			return fail
		}
		if fail := attach(m.fd, at); fail != nil {
			return fail
		}
	}
	return nil
}

// links makes symbolic links. They come last, so that nothing is put where one leads: before the
// skeleton is the root that would be the host's. A place that is taken, or in something read-only, has
// what it needs.
func links(list []Link) *failure {
	made := &maker{}
	for _, l := range list {
		if plain(parent(l.At)) != nil {
			continue
		}
		if fail := made.dir(parent(base + l.At)); fail != nil {
			return fail
		}
		switch err := unix.Symlink(l.To, base+l.At); err {
		case nil, unix.EEXIST, unix.EROFS, unix.ENOENT:
		default:
			return failed("symlink "+l.At, err)
		}
	}
	return nil
}

// plain makes sure that no part of a path in the skeleton is a symbolic link.
func plain(at string) *failure {
	for i := 1; i <= len(at); i++ {
		if i < len(at) && at[i] != '/' {
			continue
		}
		var st unix.Stat_t
		if unix.Lstat(base+at[:i], &st) != nil {
			return nil // nor what is below it
		}
		if st.Mode&unix.S_IFMT == unix.S_IFLNK {
			return &failure{op: "show " + at, errno: unix.ELOOP, asked: true}
		}
	}
	return nil
}
