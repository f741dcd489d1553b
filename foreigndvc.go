package dewar

import (
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"go.yaml.in/yaml/v3"
)

// DVC writes down what it tracks in a file beside each (NAME.dvc) and, for outputs of stages, in
// dvc.lock; both name it by MD5. The bytes lie in its cache and at its remotes under that
// name; a directory is a listing of names and MD5s, which has a name of its own that ends in .dir.

// dvcOut is something that DVC tracks.
type dvcOut struct {
	md5    string // 32 digits
	dir    bool   // it is that of a listing
	size   int64  // -1: not said; of a directory, of all its files
	exec   bool
	remote string // the only one that has it; "" is the default
	from   string // it is imported, and this is where the project has it from: DVC pushes no such data
	legacy bool   // as DVC wrote before version 3: named by the MD5 of the text with the line ends of Unix
	list   []dvcEntry
}

// dvcEntry is a file of a directory.
type dvcEntry struct {
	MD5     string `json:"md5" yaml:"md5"`
	Relpath string `json:"relpath" yaml:"relpath"`
	Size    *int64 `json:"size" yaml:"size"`
	IsExec  bool   `json:"isexec" yaml:"isexec"`
}

// check says what is wrong with an entry, which a stranger may have made up.
func (e dvcEntry) check() error {
	clean, err := fs.CleanProjectPath(".", e.Relpath)
	switch {
	case err != nil || clean != e.Relpath || clean == ".":
		return fmt.Errorf("%q is no path inside of it", e.Relpath)
	case !isMD5(e.MD5):
		return fmt.Errorf("%s has the MD5 %q", e.Relpath, e.MD5)
	case e.Size != nil && *e.Size < 0:
		return fmt.Errorf("%s has the size %d", e.Relpath, *e.Size)
	}
	return nil
}

// dvcOutText is an output as DVC writes it.
type dvcOutText struct {
	Path   string     `yaml:"path"`
	MD5    string     `yaml:"md5"`
	Hash   string     `yaml:"hash"`
	Size   *int64     `yaml:"size"`
	NFiles int64      `yaml:"nfiles"`
	IsExec bool       `yaml:"isexec"`
	Remote string     `yaml:"remote"`
	Files  []dvcEntry `yaml:"files"` // of a place that keeps versions
}

// dvcFileText is a .dvc file.
type dvcFileText struct {
	Wdir string       `yaml:"wdir"`
	Outs []dvcOutText `yaml:"outs"`
	Deps []struct {
		Path string `yaml:"path"`
		Repo struct {
			URL string `yaml:"url"`
		} `yaml:"repo"`
	} `yaml:"deps"`
}

// dvcLockText is a dvc.lock.
type dvcLockText struct {
	Stages map[string]struct {
		Outs []dvcOutText `yaml:"outs"`
	} `yaml:"stages"`
}

// maxDVCFile is how large a file of DVC's may be that says what is tracked.
const maxDVCFile = 256 << 20

// dvcTracks returns what a file of DVC's names.
func (f *foreign) dvcTracks(name string, b []byte) ([]tracked, error) {
	if len(b) > maxDVCFile {
		return nil, fmt.Errorf("it has %d bytes, and at most %d are read", len(b), maxDVCFile)
	}
	if path.Base(name) == dvcLock {
		return f.dvcLockTracks(name, b)
	}
	var text dvcFileText
	if err := yaml.Unmarshal(b, &text); err != nil {
		return nil, err
	}
	from := ""
	for _, d := range text.Deps {
		if from = d.Repo.URL; from == "" && strings.Contains(d.Path, "://") {
			from = d.Path
		}
	}
	var out []tracked
	for _, o := range text.Outs {
		t, err := f.dvcTrack(path.Dir(name), text.Wdir, name, o)
		if err != nil {
			return nil, err
		}
		if t != nil {
			t.dvc.from = from
			out = append(out, *t)
		}
	}
	return out, nil
}

func (f *foreign) dvcLockTracks(name string, b []byte) ([]tracked, error) {
	var text dvcLockText
	if err := yaml.Unmarshal(b, &text); err != nil {
		return nil, err
	}
	wdirs := f.dvcWorkDirs(path.Join(path.Dir(name), "dvc.yaml"))
	var out []tracked
	for stage, s := range text.Stages {
		for _, o := range s.Outs {
			t, err := f.dvcTrack(path.Dir(name), wdirs[strings.SplitN(stage, "@", 2)[0]], name+": "+stage, o)
			if err != nil {
				return nil, err
			}
			if t != nil {
				out = append(out, *t)
			}
		}
	}
	return out, nil
}

// dvcWorkDirs returns the directories of stages that are not that of their dvc.yaml: paths of
// their outputs are relative to them, and dvc.lock does not say so.
func (f *foreign) dvcWorkDirs(name string) map[string]string {
	var text struct {
		Stages map[string]struct {
			Wdir string `yaml:"wdir"`
			Do   struct {
				Wdir string `yaml:"wdir"`
			} `yaml:"do"`
		} `yaml:"stages"`
	}
	out := map[string]string{}
	b, err := f.view.ReadFile(name)
	if err != nil || yaml.Unmarshal(b, &text) != nil {
		return out
	}
	for stage, s := range text.Stages {
		if out[stage] = s.Wdir; s.Wdir == "" {
			out[stage] = s.Do.Wdir
		}
	}
	return out
}

// dvcTrack is one output; nil if it is nothing that could be had: it lies outside of the project, or
// only Git has it.
func (f *foreign) dvcTrack(dir, wdir, by string, o dvcOutText) (*tracked, error) {
	if o.MD5 == "" && len(o.Files) == 0 || strings.Contains(o.Path, "://") || path.IsAbs(o.Path) || strings.Contains(wdir, "${") {
		return nil, nil
	}
	at, err := fs.CleanProjectPath(".", path.Join(dir, wdir, o.Path))
	if err != nil {
		return nil, nil //nolint:nilerr // it lies outside, and that is nobody's mistake
	}
	out := dvcOut{size: -1, exec: o.IsExec, remote: o.Remote, legacy: o.Hash == "", list: o.Files}
	out.md5, out.dir = strings.CutSuffix(o.MD5, ".dir")
	if o.MD5 == "" {
		out.dir = true
	} else if !isMD5(out.md5) {
		return nil, fmt.Errorf("%q is no MD5", o.MD5)
	}
	if o.Size != nil && *o.Size >= 0 {
		out.size = *o.Size
	}
	t := &tracked{path: at, kind: digest.File, files: 1, bytes: out.size, by: by, top: f.dvcTop(path.Dir(at)), dvc: &out}
	if out.dir {
		t.kind = digest.Directory
		if t.files = o.NFiles; t.files == 0 {
			t.files = -1
		}
	}
	return t, nil
}

// dvcTop is the directory of the project of DVC that dir is in.
func (f *foreign) dvcTop(dir string) string {
	for at := dir; ; at = path.Dir(at) {
		if info, err := f.view.Stat(path.Join(at, ".dvc")); at == "." || err == nil && info.IsDir() {
			return at
		}
	}
}

func isMD5(s string) bool { return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == "" }
