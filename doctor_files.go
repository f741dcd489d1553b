package dewar

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
)

const (
	littleSpace = 5 << 30   // bytes: a warning
	noSpace     = 200 << 20 // bytes: it will not go well
)

// files looks at where the project and its cache are.
func (d *patient) files(work string) {
	d.disk(d.what(), d.dir)
	if d.p != nil && !d.sameDisk(d.dir, d.p.cacheDir()) {
		d.disk("cache", d.p.cacheDir())
	}
	d.links(work)
	d.names(work)
}

func (d *patient) sameDisk(a, b string) bool {
	x, err := d.h.FS.Stat(a)
	y, err2 := d.h.FS.Stat(b)
	return err == nil && err2 == nil && x.Dev == y.Dev
}

// disk looks at a filesystem and the room on it.
func (d *patient) disk(what, dir string) {
	if d.m.Disk == nil {
		return
	}
	disk, err := d.m.Disk(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return
	}
	if err != nil {
		d.find("files", what, Ail, errorText(err), "look at what "+dir+" is on")
		return
	}
	kind := disk.Type
	if kind == "" {
		kind = "a filesystem without a name"
	}
	found := fmt.Sprintf("%s, %s free of %s, %s", kind, gibibytes(disk.Free), gibibytes(disk.Total), dir)
	switch {
	case disk.Free < noSpace:
		d.find("files", what, Sick, found, "make room: `dewar gc` removes what nothing names any more")
	case disk.Network:
		d.find("files", what, Ail, found+"; other machines may write to it, their clocks differ, and its locks may not hold", "have the project and its cache on a disk of this machine, or at least the cache: cache { dir = … } in .dewar/config.local.hcl")
	case disk.Free < littleSpace:
		d.find("files", what, Ail, found, "make room: `dewar gc` removes what nothing names any more")
	default:
		d.find("files", what, Well, found, "")
	}
}

func gibibytes(n int64) string { return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30)) }

// links tries how files can come out of the cache without being copied byte by byte.
func (d *patient) links(work string) {
	fsys := d.h.FS
	from := filepath.Join(work, "original")
	if err := write(fsys, from, 0o666, []byte("original\n")); err != nil {
		d.find("files", "writing", Sick, errorText(err), "see to it that "+work+" can be written to")
		return
	}
	// Where files go, which may be another filesystem.
	to := fs.TempName(d.dir)
	try := func(make func() error) error {
		err := make()
		_ = fsys.Remove(to)
		return err
	}
	apart := ""
	if !d.sameDisk(work, d.dir) {
		apart = " (the cache is on another filesystem than the project)"
	}
	reflink := try(func() error { return fs.Reflink(fsys, from, to, 0o666) })
	hard := try(func() error { return fsys.Link(from, to) })
	soft := try(func() error { return fsys.Symlink(from, to) })
	switch {
	case reflink == nil:
		d.find("files", "reflinks", Well, "files are copied without taking time or room", "")
	case hard == nil:
		d.find("files", "reflinks", Well, "none"+apart+": outputs are copied byte by byte. btrfs, xfs and APFS have them; cache { link = [\"hardlink\"] } copies nothing", "")
	default:
		d.find("files", "reflinks", Ail, "none, nor hard links"+apart+": outputs are copied byte by byte", "have the cache on the filesystem of the project")
	}
	if hard == nil {
		d.find("files", "hard links", Well, "yes", "")
	} else {
		d.find("files", "hard links", Ail, errorText(hard)+apart, "directories that are inputs are copied for want of them: have the cache on a filesystem that has hard links, and on that of the project")
	}
	if soft == nil {
		d.find("files", "symbolic links", Well, "yes", "")
	} else {
		d.find("files", "symbolic links", Ail, errorText(soft), "inputs with symbolic links in them cannot be used here; on Windows, allow them by developer mode")
	}
}

// names looks at what the filesystem takes for the same name.
func (d *patient) names(work string) {
	same := func(written, read string) bool {
		at := filepath.Join(work, written)
		if write(d.h.FS, at, 0o666, nil) != nil {
			return false
		}
		_, err := d.h.FS.Lstat(filepath.Join(work, read))
		_ = d.h.FS.Remove(at)
		return err == nil
	}
	if same("name-CASE", "name-case") {
		d.find("files", "letter case", Ail, "a.txt and A.TXT are the same file here", "never have names in a project that differ in that only: elsewhere they are two files")
	} else {
		d.find("files", "letter case", Well, "it counts", "")
	}
	if same("name-\u00e9", "name-e\u0301") {
		d.find("files", "accents", Ail, "the two spellings of é are the same file here", "never have names in a project that differ in that only, and expect others to list them differently")
	} else {
		d.find("files", "accents", Well, "names are kept as they are written", "")
	}
}

// clock compares the time of the system with that of files, and both with what they can be.
func (d *patient) clock(work string) {
	now := d.h.Now()
	stamps := d.stamps(filepath.Join(work, "stamp"))
	if len(stamps) == 0 {
		return
	}
	switch skew := time.Duration(stamps[0] - now.UnixNano()).Round(time.Millisecond); {
	case !d.m.Built.IsZero() && now.Before(d.m.Built.Add(-24*time.Hour)):
		d.find("clock", "time", Sick, fmt.Sprintf("it says %s, which was before this dewar was made", now.UTC().Format(time.DateOnly)), "set the clock: timedatectl set-ntp true")
	case skew > 2*time.Second || skew < -2*time.Second:
		d.find("clock", "time", Ail, fmt.Sprintf("files here are stamped %s from what the clock says", skew), "have both machines set their clocks over the network; until then files are read more often than needed")
	default:
		d.find("clock", "time", Well, "the clock and the times of files agree", "")
	}
	switch grain := grainOf(stamps); {
	case grain >= time.Second:
		d.find("clock", "file times", Ail, "whole seconds", "files that change within one are read again at every run; a newer filesystem counts in nanoseconds")
	case grain > 0:
		d.find("clock", "file times", Well, fmt.Sprintf("they differ by %s at the least", grain.Round(time.Microsecond)), "")
	default:
		d.find("clock", "file times", Well, "they count in parts of a second", "")
	}
}

// stamps are the times of files that are made one after the other, until two differ.
func (d *patient) stamps(name string) []int64 {
	var out []int64
	for range 500 {
		if write(d.h.FS, name, 0o666, nil) != nil {
			return out
		}
		info, err := d.h.FS.Lstat(name)
		_ = d.h.FS.Remove(name)
		if err != nil {
			return out
		}
		if out = append(out, info.MTime); out[0] != info.MTime {
			break
		}
	}
	return out
}

// grainOf is the step of file times, as far as it shows; 0: it does not.
func grainOf(stamps []int64) time.Duration {
	whole := true
	for _, t := range stamps {
		whole = whole && t%int64(time.Second) == 0
	}
	last := stamps[len(stamps)-1]
	switch {
	case whole:
		return time.Second
	case last > stamps[0]:
		return time.Duration(last - stamps[0])
	}
	return 0
}

// proc is what a file of /proc says; "" where there is none. Settings can be read in one go only.
func (d *patient) proc(name string) string {
	f, err := d.h.FS.Open(filepath.Join("/proc", name))
	if err != nil {
		return ""
	}
	defer f.Close()
	var text []byte
	for buf := make([]byte, 64<<10); ; {
		n, err := f.Read(buf)
		if text = append(text, buf[:n]...); err != nil || n == 0 {
			return strings.TrimSpace(string(text))
		}
	}
}
