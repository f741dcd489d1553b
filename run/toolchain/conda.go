package toolchain

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// condaPackage is what conda notes of a package that it installed.
type condaPackage struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Build   string `json:"build"`
	Subdir  string `json:"subdir"`
	SHA256  string `json:"sha256"`
	MD5     string `json:"md5"`
}

// conda is an environment of conda, mamba, micromamba or pixi, whatever languages are in it.
// What is installed stands in its files: nothing is started.
func (h *Host) conda(t graph.Toolchain) (found, error) {
	var f found
	prefix, err := h.condaPrefix(t)
	if err != nil {
		return f, err
	}
	meta := filepath.Join(prefix, "conda-meta")
	entries, err := h.FS.ReadDir(meta)
	if err != nil {
		return f, fmt.Errorf("%s has no conda-meta: it is no conda environment. Make one: `conda create -p %s`", prefix, prefix)
	}
	looked := []string{meta}
	for _, e := range entries { // sorted by name
		if filepath.Ext(e.Name) != ".json" {
			continue
		}
		at := filepath.Join(meta, e.Name)
		text, err := h.read(at)
		if err != nil {
			return f, err
		}
		var p condaPackage
		if json.Unmarshal(text, &p) != nil || p.Name == "" || p.Version == "" {
			return f, fmt.Errorf("%s is not what conda writes: %s. Install the package again, or remove the file", at, excerpt(text))
		}
		sum := p.SHA256
		if sum == "" {
			sum = p.MD5
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "package " + p.Name, Value: strings.Join(strings.Fields(strings.Join([]string{p.Version, p.Build, p.Subdir, sum}, " ")), " ")})
		looked = append(looked, at)
		if p.Name == "python" || p.Name == "r-base" && f.Version == "" {
			f.Version = p.Name + " " + p.Version
		}
	}
	if len(f.Binding.Details) == 0 {
		return f, fmt.Errorf("nothing is installed in %s: install what the stages need, `conda install -p %s python`", prefix, prefix)
	}
	pip, sites := h.pipInstalled(prefix)
	f.Binding.Details = append(f.Binding.Details, pip...)
	f.Binding.Mounts = outermost(outsideSystem([]string{prefix, h.real(prefix)}))
	f.Binding.Path = []string{filepath.Join(prefix, "bin")}
	f.Binding.Env = []graph.Var{
		{Name: "CONDA_PREFIX", Value: prefix},
		{Name: "PYTHONDONTWRITEBYTECODE", Value: "1"},
		{Name: "PYTHONNOUSERSITE", Value: "1"},
	}
	f.Program = prefix
	f.Parts.Trees = []tree{{Path: filepath.Join(prefix, "bin")}, {Path: filepath.Join(prefix, "lib")}}
	f.Seen = h.lookAll(append(looked, sites...))
	return f, nil
}

// condaPrefix returns the environment that t names, or the one that is active.
func (h *Host) condaPrefix(t graph.Toolchain) (string, error) {
	if t.Path == "" {
		if active := h.Getenv("CONDA_PREFIX"); filepath.IsAbs(active) {
			return filepath.Clean(active), nil
		}
		return "", errors.New("no conda environment is active (CONDA_PREFIX is not set). Write `path`: the directory of one, or activate one before dewar runs")
	}
	prefix := h.abs(t.Path)
	if !h.there(prefix) {
		return "", fmt.Errorf("there is no %s. Make the environment first: `conda create -p %s`", t.Path, t.Path)
	}
	return prefix, nil
}

// pipInstalled returns the distributions of the environment's pythons that conda knows nothing of,
// and the directories that they lie in.
func (h *Host) pipInstalled(prefix string) (out []graph.Field, sites []string) {
	lib := filepath.Join(prefix, "lib")
	entries, _ := h.FS.ReadDir(lib)
	for _, e := range entries {
		site := filepath.Join(lib, e.Name, "site-packages")
		if !strings.HasPrefix(e.Name, "python") || !h.there(site) {
			continue
		}
		sites = append(sites, site)
		dists, _ := h.FS.ReadDir(site)
		for _, d := range dists {
			name, ok := strings.CutSuffix(d.Name, ".dist-info")
			by, _ := h.read(filepath.Join(site, d.Name, "INSTALLER"))
			if !ok || strings.TrimSpace(string(by)) == "conda" {
				continue
			}
			record, _ := h.read(filepath.Join(site, d.Name, "RECORD"))
			out = append(out, graph.Field{Label: "distribution " + strings.ToLower(name), Value: recordDigest(string(record))})
		}
	}
	return out, sites
}

// recordDigest is that of a list of files with their hashes, without what is machine-made: as probe.py has it.
func recordDigest(record string) string {
	var lines []string
	for line := range strings.Lines(record) {
		line = strings.TrimSpace(line)
		name, _, _ := strings.Cut(line, ",")
		madeHere := strings.HasPrefix(name, "..")
		for _, end := range []string{".pyc", "/INSTALLER", "/REQUESTED", "/direct_url.json"} {
			madeHere = madeHere || strings.HasSuffix(name, end)
		}
		if !madeHere {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return digest.Of([]byte(strings.Join(lines, "\n"))).Hex()
}
