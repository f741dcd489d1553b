package script_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/eval/script"
	"github.com/dewar-build/dewar/internal/machinetest"
	"pgregory.net/rapid"
)

// shells returns the POSIX shells of this machine.
func shells(t testing.TB) [][]string {
	var found [][]string
	seen := map[string]bool{}
	for _, s := range [][]string{{"/bin/sh"}, {"dash"}, {"bash"}, {"busybox", "sh"}} {
		file, err := exec.LookPath(s[0])
		if err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(file); err == nil && !seen[real] {
			seen[real] = true
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		machinetest.Lacks(t, "there is no shell")
	}
	return found
}

// run runs a script in an empty directory and returns what it printed.
func run(t testing.TB, shell []string, dir, text string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], "-eu", file)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = errors.New(err.Error() + ": " + stderr.String())
	}
	return string(out), err
}

// places are scripts that print the value of the hole ‹›, with what stands
// around it in before and after.
var places = []struct{ script, before, after string }{
	{`printf '%s\0' ‹›`, "", ""},
	{`printf '%s\0' a‹›b`, "a", "b"},
	{`printf '%s\0' "a‹›b"`, "a", "b"},
	{`printf '%s\0' 'a‹›b'`, "a", "b"},
	{`printf '%s\0' "$(printf '%sX' ‹›)"`, "", "X"},
	{`printf '%s\0' "$(printf '%sX' "‹›")"`, "", "X"},
	{`printf '%s\0' "$(printf '%sX' '‹›')"`, "", "X"},
	{`printf '%s\0' "$(printf '%sX' "$(printf '%sY' "‹›")")"`, "", "YX"},
	{`printf '%s\0' ${none-‹›}`, "", ""},
	{`printf '%s\0' ${none:-a"‹›"b}`, "a", "b"},
	{`printf '%s\0' ${none:-'‹›'}`, "", ""},
	{`: "${none:-"a}b"}"; printf '%s\0' "‹›"`, "", ""},
	{`v=‹›rest; v=${v#‹›}; printf '%s\0' "$v"; : ‹›`, "rest", "-"},
	{`d=q; printf '%s\0' "$d‹›"`, "q", ""},
	{`d=q; printf '%s\0' $d‹›`, "q", ""},
	{`set -- q; printf '%s\0' "$1‹›"`, "q", ""},
	{`v=‹›; printf '%s\0' "$v"`, "", ""},
	{"cat <<END\n[‹›]\nEND\nprintf '\\0'", "[", "]\n"},
	{"cat <<'END'\n[‹›]\nEND\nprintf '\\0'", "[", "]\n"},
	{"cat <<-END\n\t[‹›]\n\tEND\nprintf '\\0'", "[", "]\n"},
	{"d=q; cat <<END\n$d‹›]\nEND\nprintf '\\0'", "q", "]\n"},
	{"cat <<A - <<\\B\n[\nA\n‹›]\nB\nprintf '\\0'", "", "]\n"},
	{"printf '%s\\0' \"$(cat <<END\n[‹›]\nEND\n)\"", "[", "]"},
	{"# it's ‹› `\nprintf '%s\\0' ‹›", "", ""},
	{`case x in y) ;; x) printf '%s\0' ‹› ;; esac`, "", ""},
	{`(cd . && { printf '%s\0' ‹›; }) | cat`, "", ""},
	{`f() { printf '%s\0' "$1"; }; f ‹› >&1`, "", ""},
	{`: "$((1 + (2)))" ${x:+y} "${x:-}" $? "$#"; printf '%s\0' "‹›"`, "", ""},
	{`printf '%s\0' \
"‹›"`, "", ""},
}

// values are texts made of what shells find interesting.
var values = rapid.Custom(func(t *rapid.T) string {
	tokens := []string{"'", `"`, `\`, "$", "`", "\n", "\t", " ", "*", "?", "[", "]", "~", "#", "{", "}", "(", ")", "<", ">", ";", "&",
		"|", "!", "=", "%", "^", "END", "A", "B", "$(id)", "${x}", "`id`", "case", "esac", "if", "-n", "-", "1", "0.1", "a", "\r", "\x01", "\x7f", "é", "Ё", "ᄁ", "\u0081", "\u0088", "😀"}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(tokens), 0, 8).Draw(t, "tokens"), "")
})

func fill(template, value string) []script.Part {
	var parts []script.Part
	for i, lit := range strings.Split(template, "‹›") {
		if i > 0 {
			parts = append(parts, script.One(value))
		}
		parts = append(parts, script.Lit(lit))
	}
	return parts
}

// Every shell receives exactly the value, in every place that Quote accepts.
func TestShellsReceiveValues(t *testing.T) {
	shells, dir := shells(t), t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		var want []string
		for _, v := range rapid.SliceOfN(values, 2, 2).Draw(rt, "values") {
			for _, p := range places {
				quoted, err := script.Quote(fill(p.script, v))
				var e *script.Error
				if errors.As(err, &e) && e.Code == script.CodeValue {
					continue
				}
				if err != nil {
					rt.Fatalf("%s: %v", p.script, err)
				}
				text.WriteString(quoted + "\n")
				w := p.before + v + p.after
				if p.after == "-" {
					w = p.before
				}
				want = append(want, w)
			}
		}
		for _, shell := range shells {
			out, err := run(t, shell, dir, text.String())
			if err != nil {
				rt.Fatalf("%v: %v", shell, err)
			}
			got := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
			for i := range want {
				if i >= len(got) || got[i] != want[i] {
					rt.Fatalf("%v: value %d is %q, want %q", shell, i, got[min(i, len(got)-1)], want[i])
				}
			}
		}
	})
}

func TestShellsReceiveLists(t *testing.T) {
	shells, dir := shells(t), t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(values, 0, 20).Draw(rt, "words")
		parts := []script.Part{script.Lit(`f() { for w; do printf '%s\0' "$w"; done; }; f `), script.Many(words...), script.Lit("\nf end")}
		text, err := script.Quote(parts)
		if err != nil {
			rt.Fatal(err)
		}
		want := strings.Join(append(words, "end"), "\x00") + "\x00"
		for _, shell := range shells {
			if got, err := run(t, shell, dir, text); err != nil || got != want {
				rt.Fatalf("%v: got %q, want %q: %v", shell, got, want, err)
			}
		}
	})
}

// fragments are what scripts that confuse a reader of quotes are made of. None
// of them is a command, and there is no "()", so nothing recurses.
var fragments = []string{"'", `"`, `\`, "$", "`", "(", " ) ", "((", "))", "{", "}", "#", "\n", " ", "<<E", "<<-E", "<<'E'", "E\n", "\nE\n", "\tE\n",
	"case x in ", "x)", ";;", " esac ", ":", "${v", "${v:-", "${v#", "$(", "$((", ":-", "-", "=", "x", "v=", "$v", "$'", "$[", "<", ">&", "&", ";", "|", "\\\n", "[", "\t"}

// attack is the value: wherever it is read as code, a file appears.
const attack = "'\"`echo>PWNED`$(echo>PWNED)${x:-$(echo>PWNED)}\n;echo>PWNED;\nE\necho>PWNED\n)echo>PWNED\n}\necho>PWNED #"

func adversarial(rt *rapid.T) []script.Part {
	var parts []script.Part
	for i := rapid.IntRange(1, 3).Draw(rt, "holes"); i > 0; i-- {
		parts = append(parts, script.Lit(strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 7).Draw(rt, "before"), "")))
		parts = append(parts, script.One(rapid.SampledFrom([]string{attack, "`echo>PWNED`$(echo>PWNED)", "';echo>PWNED;'", "\";echo>PWNED;\"", "a[$(echo>PWNED)]"}).Draw(rt, "value")))
	}
	return append(parts, script.Lit(strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 5).Draw(rt, "after"), "")))
}

// Whatever the script is, no shell runs a value.
func TestValuesAreNeverCode(t *testing.T) {
	shells, dir := shells(t), t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		for range 50 {
			parts := adversarial(rt)
			text, err := script.Quote(parts)
			if err != nil || strings.Contains(text, "()") {
				continue
			}
			for _, shell := range shells {
				_, _ = run(t, shell, dir, text) // most are no valid scripts
				if _, err := os.Lstat(filepath.Join(dir, "PWNED")); err == nil {
					os.Remove(filepath.Join(dir, "PWNED"))
					rt.Fatalf("%v ran a value: %q", shell, text)
				}
			}
			clean(dir)
		}
	})
}

// clean removes the files that redirections made.
func clean(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("echo \"$(cat <<E\n", "x\nE\n)\"")
	f.Fuzz(func(t *testing.T, before, after string) {
		_, _ = script.Quote([]script.Part{script.Lit(before), script.One("a b"), script.Lit(after), script.Many("c", "d")})
	})
}
