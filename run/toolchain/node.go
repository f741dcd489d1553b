package toolchain

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

const probeNode = `process.stdout.write(JSON.stringify({version: process.version, versions: process.versions, arch: process.arch, platform: process.platform, execPath: process.execPath}))`

// nodeAnswer is what probeNode prints.
type nodeAnswer struct {
	Version  string            `json:"version"`
	Versions map[string]string `json:"versions"`
	Arch     string            `json:"arch"`
	Platform string            `json:"platform"`
	ExecPath string            `json:"execPath"`
}

// node is a Node.js. Its path may be an installation, which has bin/node, or a directory with
// the packages of a project, node_modules, which may but need not have one.
func (h *Host) node(ctx context.Context, t graph.Toolchain) (found, error) {
	var f found
	program, looked, err := h.findNode(t)
	if err != nil {
		return f, err
	}
	out, err := h.ask(ctx, Question{Args: []string{program, "-e", probeNode}, Env: h.cleanEnv()})
	if err != nil {
		return f, err
	}
	var a nodeAnswer
	if json.Unmarshal(out, &a) != nil || a.Version == "" || !filepath.IsAbs(a.ExecPath) {
		return f, babble(program, out)
	}
	real := h.real(a.ExecPath)
	sum, err := h.hash(real)
	if err != nil {
		return f, err
	}
	f.Program, f.Version = a.ExecPath, strings.TrimPrefix(a.Version, "v")
	f.Binding.Details = []graph.Field{{Label: "version", Value: a.Version}, {Label: "arch", Value: a.Arch + " " + a.Platform}, {Label: "program", Value: sum.String()}}
	for _, name := range sortedNames(a.Versions) {
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "version of " + name, Value: a.Versions[name]})
	}
	f.Parts.Programs = []string{a.ExecPath, real}
	f.Binding.Path = []string{filepath.Dir(a.ExecPath)}
	mounts := []string{real}
	if prefix := filepath.Dir(filepath.Dir(real)); h.there(filepath.Join(prefix, "lib", "node_modules")) || h.there(filepath.Join(prefix, "include", "node")) {
		mounts = []string{prefix} // it is an installation; what lies around a program alone is nobody's business
	}
	looked = append(looked, program, a.ExecPath, real)
	if t.Path != "" {
		more, err := h.nodePackages(&f, h.abs(t.Path))
		if err != nil {
			return f, err
		}
		looked = append(looked, more...)
		mounts = append(mounts, f.Binding.Mounts...)
	}
	f.Binding.Mounts = outermost(outsideSystem(mounts))
	f.Seen = h.lookAll(looked)
	return f, nil
}

func (h *Host) findNode(t graph.Toolchain) (program string, looked []string, err error) {
	s := sought{
		names: programNames("node", "nodejs"), below: programNames("bin/node"),
		get: "Install Node.js (`apt install nodejs`, `brew install node`), or write `path`: the program, its installation, or a directory with node_modules",
	}
	program, looked, err = h.locate(t, s)
	if err != nil || program != "" {
		return program, looked, err
	}
	dir := h.abs(t.Path)
	if !h.there(filepath.Join(dir, "node_modules")) {
		if h.there(filepath.Join(dir, "package.json")) || h.there(filepath.Join(dir, "package-lock.json")) {
			return "", nil, fmt.Errorf("%s has no node_modules. Install its packages: `npm ci --prefix %s`", t.Path, t.Path)
		}
		return "", nil, fmt.Errorf("%s has neither bin/node nor node_modules. %s", t.Path, s.get)
	}
	program, more, err := h.onPath(s.names, s.get)
	return program, append(looked, more...), err
}

// nodePackages adds the packages of a directory: those that a package manager says it installed,
// and those that are installed for everybody who uses the node in it.
func (h *Host) nodePackages(f *found, dir string) (looked []string, err error) {
	global := filepath.Join(dir, "lib", "node_modules")
	if entries, err := h.FS.ReadDir(global); err == nil {
		looked = append(looked, global)
		for _, name := range h.packageNames(global, entries) {
			at := filepath.Join(global, filepath.FromSlash(name), "package.json")
			var p struct{ Version string }
			if b, err := h.read(at); err == nil && json.Unmarshal(b, &p) == nil {
				looked = append(looked, at)
				f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "package " + name, Value: p.Version})
			}
		}
	}
	modules := filepath.Join(dir, "node_modules")
	looked = append(looked, modules)
	if !h.there(modules) {
		return looked, nil
	}
	for _, list := range []string{"node_modules/.package-lock.json", "node_modules/.pnpm/lock.yaml", "node_modules/.yarn-state.yml", "node_modules/.yarn-integrity", "package-lock.json"} {
		at := filepath.Join(dir, filepath.FromSlash(list))
		sum, err := h.hash(at)
		if err != nil {
			continue
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "file " + list, Value: sum.String()})
		linked, err := h.linkedPackages(f, modules)
		if err != nil {
			return nil, err
		}
		looked = append(looked, linked...)
		f.Binding.Mounts = append(f.Binding.Mounts, modules)
		f.Binding.Path = append([]string{filepath.Join(modules, ".bin")}, f.Binding.Path...)
		f.Binding.Env = []graph.Var{{Name: "NODE_PATH", Value: modules}}
		f.Parts.Trees = append(f.Parts.Trees, tree{Path: modules})
		return append(looked, at), nil
	}
	return nil, fmt.Errorf("nothing in %s says which packages were installed there, as npm's node_modules/.package-lock.json does. Install them with npm (7 or newer), pnpm or yarn", dir)
}

// linkedPackages adds packages that lie elsewhere, as those of a workspace do.
func (h *Host) linkedPackages(f *found, modules string) (looked []string, err error) {
	entries, err := h.FS.ReadDir(modules)
	if err != nil {
		return nil, err
	}
	for _, name := range h.packageNames(modules, entries) {
		at := filepath.Join(modules, filepath.FromSlash(name))
		info, err := h.FS.Lstat(at)
		real := h.real(at)
		if err != nil || !info.IsSymlink() || within(real, h.real(modules)) || !h.there(at) {
			continue
		}
		sum, seen, err := h.outside(real, nodeCode())
		if err != nil {
			return nil, err
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "linked package " + name, Value: sum.String()})
		f.Binding.Mounts = append(f.Binding.Mounts, real)
		looked = append(append(looked, at), seen...)
	}
	return looked, nil
}

// packageNames returns the names of the packages in a node_modules, with their scopes.
func (h *Host) packageNames(dir string, entries []fs.Entry) (names []string) {
	for _, e := range entries {
		if !strings.HasPrefix(e.Name, "@") {
			names = append(names, e.Name)
			continue
		}
		scoped, _ := h.FS.ReadDir(filepath.Join(dir, e.Name))
		for _, s := range scoped {
			names = append(names, e.Name+"/"+s.Name)
		}
	}
	return names
}

func (h *Host) there(p string) bool {
	_, err := h.FS.Stat(p)
	return err == nil
}

func sortedNames(m map[string]string) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
