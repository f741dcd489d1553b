package lsp

import (
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// files lists the entries of the directory that prefix leads into. What is written so
// far of the last name is left to the client to compare.
func (l *lister) files(prefix string) {
	dir, base := "", prefix
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		dir, base = prefix[:i+1], prefix[i+1:]
	}
	if strings.HasPrefix(dir, "/") || strings.Contains(dir, `\`) {
		return
	}
	native := filepath.Join(filepath.Dir(l.sc.file.path), filepath.FromSlash(dir))
	if rel, err := filepath.Rel(l.sc.p.root, native); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return
	}
	list, err := l.sc.s.host.FS.ReadDir(native)
	if err != nil {
		return
	}
	word := l.word
	l.word = syntax.Span{Start: l.word.Start + len(dir), End: l.word.End}
	if i := strings.IndexByte(l.sc.file.Text[l.at:word.End], '/'); i >= 0 {
		l.word.End = l.at + i // what follows stays
	}
	for _, e := range list {
		hidden := strings.HasPrefix(e.Name, ".") && !strings.HasPrefix(base, ".")
		if hidden || e.Name == ".dewar" || e.Name == ".git" || strings.ContainsAny(e.Name, "\"\\\n") || isPipelineFile(e.Name) {
			continue
		}
		text := strings.NewReplacer("${", "$${", "%{", "%%{").Replace(e.Name)
		if e.Type.IsDir() {
			l.add(item{label: e.Name + "/", kind: itemDirectory, text: text + "/", rank: 'a'})
		} else {
			l.add(item{label: e.Name, kind: itemFile, text: text, rank: 'b'})
		}
	}
}
