package dvc

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
	"go.yaml.in/yaml/v3"
)

// outText is an output as DVC writes it.
type outText struct {
	Path   string  `yaml:"path"`
	MD5    string  `yaml:"md5"`
	Hash   string  `yaml:"hash"`
	Size   *int64  `yaml:"size"`
	NFiles int64   `yaml:"nfiles"`
	IsExec bool    `yaml:"isexec"`
	Remote string  `yaml:"remote"`
	Files  []Entry `yaml:"files"` // of a place that keeps versions
}

// fileText is a .dvc file.
type fileText struct {
	Wdir string    `yaml:"wdir"`
	Outs []outText `yaml:"outs"`
	Deps []struct {
		Path string `yaml:"path"`
		Repo struct {
			URL string `yaml:"url"`
		} `yaml:"repo"`
	} `yaml:"deps"`
}

// lockText is a dvc.lock.
type lockText struct {
	Stages map[string]struct {
		Outs []outText `yaml:"outs"`
	} `yaml:"stages"`
}

// maxFile is how large a file may be that says what is tracked.
const maxFile = 256 << 20

// Tracked returns what a .dvc file or a dvc.lock of a project names.
func Tracked(v View, name string, b []byte) ([]Out, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("it has %d bytes, and at most %d are read", len(b), maxFile)
	}
	if path.Base(name) == Lock {
		return trackedByLock(v, name, b)
	}
	var text fileText
	if err := yaml.Unmarshal(b, &text); err != nil {
		return nil, err
	}
	out, err := outsOf(text.Outs, path.Dir(name), text.Wdir, name)
	for i := range out {
		out[i].From = text.from()
	}
	return out, err
}

// from is where the project has imported it from; "" if it has not.
func (t *fileText) from() string {
	from := ""
	for _, d := range t.Deps {
		if from = d.Repo.URL; from == "" && strings.Contains(d.Path, "://") {
			from = d.Path
		}
	}
	return from
}

func trackedByLock(v View, name string, b []byte) ([]Out, error) {
	var text lockText
	if err := yaml.Unmarshal(b, &text); err != nil {
		return nil, err
	}
	dirs := workDirs(v, path.Join(path.Dir(name), pipeline))
	var out []Out
	for _, stage := range slices.Sorted(maps.Keys(text.Stages)) {
		base, _, _ := strings.Cut(stage, "@") // of a matrix
		list, err := outsOf(text.Stages[stage].Outs, path.Dir(name), dirs[base], name+": "+stage)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// workDirs returns the directories of stages that are not that of their dvc.yaml: paths of
// their outputs are relative to them, and dvc.lock does not say so.
func workDirs(v View, name string) map[string]string {
	var text struct {
		Stages map[string]struct {
			Wdir string `yaml:"wdir"`
			Do   struct {
				Wdir string `yaml:"wdir"`
			} `yaml:"do"`
		} `yaml:"stages"`
	}
	out := map[string]string{}
	b, err := v.ReadFile(name)
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

// outsOf reads outputs, without those that are nothing that could be had: what lies outside of the project,
// and what only Git has.
func outsOf(list []outText, dir, wdir, by string) ([]Out, error) {
	if strings.Contains(wdir, "${") { // known only to who evaluates dvc.yaml
		return nil, nil
	}
	var out []Out
	for _, text := range list {
		o, ok, err := text.out(path.Join(dir, wdir, text.Path))
		if err != nil {
			return nil, err
		}
		if ok {
			o.By = by
			out = append(out, o)
		}
	}
	return out, nil
}

// out is an output, which lies at a path; false if it is nothing that could be had.
func (t *outText) out(at string) (Out, bool, error) {
	if t.MD5 == "" && len(t.Files) == 0 || strings.Contains(t.Path, "://") || path.IsAbs(t.Path) {
		return Out{}, false, nil
	}
	at, err := fs.CleanProjectPath(".", at)
	if err != nil {
		return Out{}, false, nil //nolint:nilerr // it lies outside, and that is nobody's mistake
	}
	o := Out{Path: at, Size: -1, Files: 1, Exec: t.IsExec, Remote: t.Remote, Legacy: t.Hash == "", List: t.Files}
	o.MD5, o.Dir = strings.CutSuffix(t.MD5, listing)
	switch {
	case t.MD5 == "":
		o.Dir = true
	case !IsMD5(o.MD5):
		return o, false, fmt.Errorf("%q is no MD5", t.MD5)
	}
	if t.Size != nil && *t.Size >= 0 {
		o.Size = *t.Size
	}
	if o.Dir {
		if o.Files = t.NFiles; o.Files == 0 {
			o.Files = -1
		}
	}
	return o, true, nil
}
