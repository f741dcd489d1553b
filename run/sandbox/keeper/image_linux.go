package keeper

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// imageAt is where an image stands while the skeleton is built from it.
const imageAt = base + "/.image"

// image fills the skeleton's root from an image. The root itself is ours, because an image has no
// place for half of what a sandbox needs, and cannot be written to: what it holds at its top is
// bound one by one. A directory in which something of ours must be is opened up in the same way.
type image struct {
	own    map[string]bool // what the skeleton has itself
	opened map[string]bool // directories that are opened up
}

// root makes the root, and lets the image itself go.
func (a *asked) root(s *Shape, online bool) *failure {
	if err := unix.Mkdir(imageAt, 0o755); err != nil {
		return failed("mkdir "+imageAt, err)
	}
	if fail := attach(a.image, imageAt); fail != nil {
		return fail
	}
	im := &image{
		own:    map[string]bool{"/.image": true, coverAt: true, "/var/run": true, "/var/tmp": true},
		opened: map[string]bool{"/var": true},
	}
	for _, d := range []string{"/project", "/tmp", "/proc", "/dev", "/run", "/sys"} {
		im.own[d] = true
	}
	for _, p := range s.Paths {
		im.own[p] = true
		for d := parent(p); d != "/"; d = parent(d) {
			im.opened[d] = true
		}
	}
	files := im.etc(online)
	if fail := im.fill(""); fail != nil {
		return fail
	}
	if fail := im.settle(files, online); fail != nil {
		return fail
	}
	if err := unix.Unmount(imageAt, unix.MNT_DETACH); err != nil {
		return failed("umount image", err)
	}
	return failed("rmdir "+imageAt, unix.Rmdir(imageAt))
}

// fill shows what is in a directory of the image.
func (im *image) fill(dir string) *failure {
	entries, err := os.ReadDir(imageAt + dir)
	if err != nil {
		return failed("list "+dir+"/ of the image", err)
	}
	for _, e := range entries {
		if at := dir + "/" + e.Name(); !im.own[at] {
			if fail := im.show(at, e.Type()); fail != nil {
				return fail
			}
		}
	}
	return nil
}

// show shows one entry. Devices and the like are left out, and what is in the way of ours.
func (im *image) show(at string, kind os.FileMode) *failure {
	switch {
	case kind&os.ModeSymlink != 0:
		if fail := copyLink(imageAt+at, base+at); fail != nil && fail.errno != unix.EEXIST {
			return fail
		}
		return nil
	case kind.IsDir() && im.opened[at]:
		if err := unix.Mkdir(base+at, 0o755); err != nil && err != unix.EEXIST {
			return failed("mkdir "+at, err)
		}
		return im.fill(at)
	case kind.IsDir() || kind.IsRegular():
		if fail := new(maker).point(base+at, kind.IsDir()); fail != nil {
			return fail
		}
		return bind(imageAt+at, base+at, readOnly)
	}
	return nil
}

// etc decides which files of /etc are ours: the user must have a name, and names of machines must
// not lead to where the image was made. If one is missing in the image, /etc is opened up for it.
func (im *image) etc(online bool) []etcFile {
	if kindOf("/etc") == unix.S_IFLNK {
		return nil // wherever that is
	}
	files := []etcFile{{"passwd", im.with("passwd", user)}, {"group", im.with("group", group)}}
	files = append(files, addresses(online)...)
	for _, f := range files {
		im.opened["/etc"] = im.opened["/etc"] || kindOf("/etc/"+f.name) == 0
	}
	return append(files, etcFile{"hostname", Host + "\n"}, etcFile{"machine-id", anywhere})
}

// with is the text of a file of the image, and a line for our user if there is none: the third field of
// both files is its number.
func (im *image) with(name, line string) string {
	if kindOf("/etc/"+name) != unix.S_IFREG {
		return map[string]string{"passwd": passwd, "group": groups}[name]
	}
	b, err := os.ReadFile(imageAt + "/etc/" + name)
	if err != nil {
		return line
	}
	text := string(b)
	for _, l := range strings.Split(text, "\n") {
		if f := strings.Split(l, ":"); len(f) > 2 && f[2] == "1000" {
			return text
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + line
}

// settle puts our files of /etc into the skeleton.
func (im *image) settle(files []etcFile, online bool) *failure {
	for _, f := range files {
		at := base + "/etc/" + f.name
		var st unix.Stat_t
		if unix.Lstat(at, &st) != unix.ENOENT {
			if fail := cover(base, f.name, f.text, 0o444); fail != nil {
				return fail
			}
			continue
		}
		if !im.opened["/etc"] {
			continue
		}
		if fail := new(maker).dir(base + "/etc"); fail != nil {
			return fail
		}
		if fail := create(at, f.text, 0o444); fail != nil {
			return fail
		}
	}
	if online {
		resolver(imageAt + "/etc/resolv.conf")
	}
	return nil
}

// kindOf returns what stands at a path of the image; 0 if there is nothing.
func kindOf(at string) uint32 {
	var st unix.Stat_t
	if unix.Lstat(imageAt+at, &st) != nil {
		return 0
	}
	return st.Mode & unix.S_IFMT
}
