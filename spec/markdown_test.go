package spec_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// fence is a fenced block of a document.
type fence struct {
	file   string // as tests name it: "../README.md"
	line   int
	lang   string   // "hcl", "console"
	flags  []string // what follows the language: "more", "fragment", "error=E-cycle"
	text   string
	files  map[string]string // what `<!-- files` comments of the document gave up to here
	before *fence            // the one of this language that it goes on from, with the flag more
}

// is returns the value of a flag, and whether it is there.
func (f *fence) is(flag string) (value string, ok bool) {
	for _, x := range f.flags {
		if name, value, _ := strings.Cut(x, "="); name == flag {
			return value, true
		}
	}
	return "", false
}

// sound reports whether others may go on from f.
func (f *fence) sound() bool {
	_, wrong := f.is("error")
	_, part := f.is("fragment")
	return !wrong && !part
}

// documents are the texts whose examples are executed.
func documents(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../*.md", "*.md", "cases/*.md", "../docs/*.md", "../bench/*.md", "../examples/*.md", "../examples/*/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, names...)
	}
	return out
}

// fences returns the fenced blocks of all documents in one language; "*" is all.
func fences(t *testing.T, lang string) []*fence {
	t.Helper()
	var out []*fence
	for _, name := range documents(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var before *fence
		for _, f := range parseFences(t, name, string(b)) {
			if f.lang != lang && lang != "*" {
				continue
			}
			if _, more := f.is("more"); more && before == nil {
				t.Errorf("%s:%d: nothing stands before this that it could go on from", f.file, f.line)
			} else if more {
				f.before = before
			}
			if f.sound() {
				before = f
			}
			out = append(out, f)
		}
	}
	return out
}

const startsFiles = "<!-- files"

var opening = regexp.MustCompile("^( *)```+([a-z]*) *(.*)$")

// parseFences reads the fenced blocks of a document, and the comments that give
// their projects files: `<!-- files`, then an archive in txtar form, then `-->`.
func parseFences(t *testing.T, name, text string) []*fence {
	t.Helper()
	var out []*fence
	files := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		start := i
		if strings.HasPrefix(lines[i], startsFiles) {
			for i++; i < len(lines) && lines[i] != "-->"; i++ {
			}
			files = withFiles(files, strings.Join(lines[start+1:min(i, len(lines))], "\n")+"\n")
			continue
		}
		m := opening.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		var body strings.Builder
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
			body.WriteString(strings.TrimPrefix(lines[i], m[1]) + "\n")
		}
		if i == len(lines) {
			t.Errorf("%s:%d: the block has no end", name, start+1)
		}
		out = append(out, &fence{file: name, line: start + 1, lang: m[2], flags: strings.Fields(m[3]), text: body.String(), files: files})
	}
	return out
}

func withFiles(old map[string]string, archive string) map[string]string {
	files := map[string]string{}
	for name, text := range old {
		files[name] = text
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = string(f.Data)
	}
	return files
}
