package toolchain

import (
	"debug/elf"
	"path/filepath"
	"slices"
	"strings"
)

// objects finds shared objects as ld.so(8) does: by DT_RPATH of the object and of those that
// led to it, by DT_RUNPATH of the object, in /etc/ld.so.cache, in the default directories.
// LD_LIBRARY_PATH is not set in a sandbox, or its stage knows better.
type objects struct {
	g       *gathering
	read    map[string]*object // by path without symbolic links
	done    map[string]bool    // objects whose needs were found, with the RPATHs they inherited
	names   map[string]bool    // what is loaded is called, for those that rely on it
	glibc   bool               // what its libc opens by itself is shown
	probe   *paths             // follows links to what may turn out not to be it
	unfound map[string]bool
	cache   ldCache
	plain   []string // the default directories; nil: not looked for yet
}

func newObjects(g *gathering) *objects {
	probe := &paths{h: g.h, kinds: g.paths.kinds, links: map[string]string{}}
	return &objects{g: g, probe: probe, read: map[string]*object{}, done: map[string]bool{}, names: map[string]bool{}, unfound: map[string]bool{}}
}

const (
	ldCacheFile = "/etc/ld.so.cache"
	localeDir   = "/usr/lib/locale/C.utf8" // the locale of sandboxes, which glibc before 2.35 does not have built in
)

// load shows what the object at a path needs.
func (l *objects) load(at string) error { return l.loadBelow(at, nil) }

func (l *objects) loadBelow(at string, inherited []string) error {
	real, err := l.g.paths.follow(at)
	if err != nil {
		return err
	}
	o := l.object(real)
	if o == nil || l.done[real+"\x00"+strings.Join(inherited, ":")] {
		return nil
	}
	l.done[real+"\x00"+strings.Join(inherited, ":")] = true
	l.names[filepath.Base(at)], l.names[filepath.Base(real)], l.names[o.soname] = true, true, true
	if o.interpreter != "" {
		if !l.g.h.there(o.interpreter) {
			l.g.lacking[o.interpreter] = true
		} else if err := l.show(o.interpreter, nil); err != nil {
			return err
		}
	}
	own := expand(o.rpath, filepath.Dir(real))
	passed := append(slices.Clip(own), inherited...)
	dirs := passed
	if o.runpath != nil {
		dirs = expand(o.runpath, filepath.Dir(real))
	}
	for _, name := range o.needed {
		if err := l.need(o, name, dirs, passed); err != nil {
			return err
		}
	}
	return l.alsoOf(o)
}

// show shows a shared object, and what it needs itself.
func (l *objects) show(at string, inherited []string) error {
	if _, err := l.g.file(at); err != nil {
		return err
	}
	return l.loadBelow(at, inherited)
}

// need finds one that o names.
func (l *objects) need(o *object, name string, dirs, passed []string) error {
	found, fromCache := l.find(o, name, dirs)
	if len(found) == 0 {
		l.unfound[name] = true
		return nil
	}
	if fromCache {
		if _, err := l.g.add(ldCacheFile); err != nil {
			return err
		}
	}
	for _, at := range found {
		if err := l.show(at, passed); err != nil {
			return err
		}
	}
	return nil
}

// find returns the paths of a shared object: more than one where the processor decides.
func (l *objects) find(o *object, name string, dirs []string) (found []string, fromCache bool) {
	if strings.ContainsRune(name, '/') {
		if filepath.IsAbs(name) && l.fits(o, name) {
			found = []string{name}
		}
		return found, false
	}
	if found = l.in(o, name, dirs); len(found) > 0 || o.noDefault {
		return found, false
	}
	plain := l.defaults(o)
	if !l.musl() {
		for _, at := range l.cached()[name] {
			if l.fits(o, at) {
				found = append(found, at)
				fromCache = fromCache || !slices.Contains(plain, filepath.Dir(at))
			}
		}
	}
	if len(found) > 0 {
		return found, fromCache
	}
	return l.in(o, name, plain), false
}

// in looks in directories, and returns all variants of the first that has one.
func (l *objects) in(o *object, name string, dirs []string) (found []string) {
	for _, dir := range dirs {
		variants, _ := l.g.h.FS.ReadDir(filepath.Join(dir, "glibc-hwcaps"))
		for _, v := range variants {
			if at := filepath.Join(dir, "glibc-hwcaps", v.Name, name); l.fits(o, at) {
				found = append(found, at)
			}
		}
		if at := filepath.Join(dir, name); l.fits(o, at) {
			return append(found, at)
		}
	}
	return found
}

// fits reports whether a path is an object for the same machine as o.
func (l *objects) fits(o *object, at string) bool {
	real, err := l.probe.follow(at)
	if err != nil {
		return false
	}
	other := l.object(real)
	return other != nil && other.class == o.class && other.machine == o.machine
}

func (l *objects) object(real string) *object {
	o, ok := l.read[real]
	if !ok {
		o = l.g.h.readObject(real)
		l.read[real] = o
	}
	return o
}

// defaults are the default directories of this machine's loader: those with a libc in them, and two
// that have been there forever.
func (l *objects) defaults(o *object) []string {
	if l.plain != nil {
		return l.plain
	}
	if l.musl() {
		l.plain = []string{"/lib", "/usr/local/lib", "/usr/lib"}
		return l.plain
	}
	dirs := []string{"lib64"}
	if triplet := triplets(o); triplet != "" {
		dirs = append(dirs, "lib/"+triplet)
	}
	for _, dir := range dirs {
		for _, root := range []string{"/", "/usr/"} {
			if l.g.h.there(root + dir + "/libc.so.6") {
				l.plain = append(l.plain, "/"+dir, "/usr/"+dir)
				break
			}
		}
	}
	l.plain = append(l.plain, "/lib", "/usr/lib")
	return l.plain
}

// triplets returns what Debian calls the directories of a machine.
func triplets(o *object) string {
	switch o.machine {
	case elf.EM_X86_64:
		return "x86_64-linux-gnu"
	case elf.EM_AARCH64:
		return "aarch64-linux-gnu"
	case elf.EM_386:
		return "i386-linux-gnu"
	case elf.EM_ARM:
		return "arm-linux-gnueabihf"
	case elf.EM_RISCV:
		return "riscv64-linux-gnu"
	case elf.EM_PPC64:
		return "powerpc64le-linux-gnu"
	case elf.EM_S390:
		return "s390x-linux-gnu"
	}
	return ""
}

// musl reports whether the loader is musl's, which has no cache.
func (l *objects) musl() bool {
	for name := range l.names {
		if strings.HasPrefix(name, "ld-musl-") {
			return true
		}
	}
	return false
}

func (l *objects) cached() ldCache {
	if l.cache == nil {
		l.g.looked[ldCacheFile] = true
		b, _ := l.g.h.read(ldCacheFile)
		l.cache = parseLdCache(b)
	}
	return l.cache
}

// alsoOf shows what glibc opens by itself: to end threads, and to look up users.
func (l *objects) alsoOf(o *object) error {
	if !slices.Contains(o.needed, "libc.so.6") || l.glibc {
		return nil
	}
	l.glibc = true
	for _, name := range []string{"libgcc_s.so.1", "libnss_files.so.2"} {
		found, _ := l.find(o, name, nil)
		for _, at := range found {
			if err := l.show(at, nil); err != nil {
				return err
			}
		}
	}
	if l.g.h.there(localeDir) {
		return l.g.tree(tree{Path: localeDir, As: "locale"})
	}
	return nil
}

// close says what was not found, but what is loaded from elsewhere under that name.
func (l *objects) close() {
	for name := range l.unfound {
		if !l.names[name] {
			l.g.lacking[name] = true
		}
	}
}

// expand replaces what the loader does in search paths.
func expand(dirs []string, origin string) (out []string) {
	for _, dir := range dirs {
		for _, lib := range []string{"lib64", "lib"} {
			at := strings.NewReplacer("$ORIGIN", origin, "${ORIGIN}", origin, "$LIB", lib, "${LIB}", lib).Replace(dir)
			if at = filepath.Clean(at); filepath.IsAbs(at) && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}
