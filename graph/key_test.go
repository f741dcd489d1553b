package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dewar-build/dewar/digest"
)

// drawAction returns a valid action over few names, so that two of them are
// often equal or nearly so.
func drawAction(t *rapid.T) *Action {
	text := rapid.SampledFrom([]string{"", "a", "b\tc\n\\", "ü"})
	name := rapid.SampledFrom([]string{"a", "b", "b-c", "c", "d"})
	where := rapid.SampledFrom([]string{"a", "b", "b-c", "b/x", "c/y/z", "c/y", "e/.f"})
	vars := rapid.Custom(func(t *rapid.T) Var { return Var{name.Draw(t, "name"), text.Draw(t, "value")} })
	a := &Action{
		Args:       rapid.SliceOfN(text, 0, 3).Draw(t, "args"),
		Env:        rapid.SliceOfNDistinct(vars, 0, 3, func(v Var) string { return v.Name }).Draw(t, "env"),
		Platform:   rapid.SliceOfNDistinct(vars, 0, 2, rapid.ID).Draw(t, "platform"),
		WorkingDir: rapid.SampledFrom([]string{".", "out", "out/p"}).Draw(t, "wd"),
	}
	slices.SortFunc(a.Env, compareVars)
	slices.SortFunc(a.Platform, compareVars)
	for _, v := range rapid.SliceOfNDistinct(vars, 0, 2, func(v Var) string { return v.Name }).Draw(t, "salt") {
		a.Salt = append(a.Salt, Field{v.Name, v.Value})
	}
	slices.SortFunc(a.Salt, func(x, y Field) int { return strings.Compare(x.Label, y.Label) })
	for _, at := range rapid.SliceOfNDistinct(where, 0, 4, rapid.ID).Draw(t, "inputs") {
		if !slices.ContainsFunc(a.Inputs, func(l Leaf) bool { return under(at, l.At) || under(l.At, at) }) {
			a.Inputs = append(a.Inputs, Leaf{At: at, Content: rapid.SampledFrom(contents).Draw(t, "content")})
		}
	}
	slices.SortFunc(a.Inputs, func(x, y Leaf) int { return strings.Compare(x.At, y.At) })
	for _, at := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"out/p", "out/q/r", "s", "out/s"}), 0, 3, rapid.ID).Draw(t, "outputs") {
		a.Outputs = append(a.Outputs, Path{At: at, Dir: at == "out/p" || rapid.Bool().Draw(t, "dir")})
	}
	return a
}

var contents = []digest.Content{
	{Kind: digest.File, Digest: digest.Empty},
	{Kind: digest.File, Digest: digest.Of([]byte("x"))},
	{Kind: digest.File, Exec: true, Digest: digest.Of([]byte("x"))},
	{Kind: digest.Directory, Digest: digest.Empty},
	{Kind: digest.Directory, Digest: digest.Of([]byte("x"))},
}

// TestKeyAndExplanationAgree is what makes `dewar why` trustworthy.
func TestKeyAndExplanationAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAction(t)
		b := drawAction(t)
		if rapid.Bool().Draw(t, "mutate") {
			b = mutate(t, a)
		}
		ka, kb := mustKey(t, a), mustKey(t, b)
		ea, eb := mustExplain(t, a), mustExplain(t, b)
		if (ka.Key == kb.Key) != slices.Equal(ea, eb) {
			t.Fatalf("keys equal: %v, explanations equal: %v\n%s", ka.Key == kb.Key, slices.Equal(ea, eb), cmp.Diff(ea, eb))
		}
		if (len(Diff(ea, eb)) == 0) != slices.Equal(ea, eb) {
			t.Fatalf("Diff %v of\n%v\n%v", Diff(ea, eb), ea, eb)
		}
		back, err := ParseFields(FormatFields(ea))
		if err != nil || !slices.Equal(back, ea) {
			t.Fatalf("ParseFields: %v, %v", back, err)
		}
	})
}

// mutate changes one thing about a, which may or may not change its key.
func mutate(t *rapid.T, a *Action) *Action {
	b := *a
	switch rapid.IntRange(0, 5).Draw(t, "mutation") {
	case 0:
		b.Mkdirs = append(slices.Clone(a.Mkdirs), rapid.SampledFrom([]string{"out", "m", "m/n"}).Draw(t, "mkdir"))
	case 1:
		b.Args = append(slices.Clone(a.Args), "")
	case 2:
		b.Outputs = slices.Clone(a.Outputs)
		for i := range b.Outputs {
			b.Outputs[i].Dir = true
		}
	case 3:
		b.Inputs = slices.Clone(a.Inputs)
		for i := range b.Inputs {
			b.Inputs[i].Host = "/elsewhere"
		}
	case 4:
		b.Salt = append(slices.Clone(a.Salt), Field{"z", ""})
	case 5:
		b.Outputs = append(slices.Clone(a.Outputs), a.Outputs...)
	}
	return &b
}

func mustKey(t rapid.TB, a *Action) Encoded {
	e, err := a.Key()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mustExplain(t rapid.TB, a *Action) []Field {
	e, err := a.Explain()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestKeyRefuses(t *testing.T) {
	file := digest.Content{Kind: digest.File, Digest: digest.Empty}
	dir := digest.Content{Kind: digest.Directory, Digest: digest.Of([]byte("d"))}
	for name, a := range map[string]Action{
		"not UTF-8":                 {WorkingDir: ".", Args: []string{"\xff"}},
		"environment out of order":  {WorkingDir: ".", Env: []Var{{"B", ""}, {"A", ""}}},
		"variable twice":            {WorkingDir: ".", Env: []Var{{"A", ""}, {"A", "1"}}},
		"platform out of order":     {WorkingDir: ".", Platform: []Var{{"B", ""}, {"A", ""}}},
		"salt twice":                {WorkingDir: ".", Salt: []Field{{"a", ""}, {"a", ""}}},
		"working directory outside": {WorkingDir: "../x"},
		"no working directory":      {},
		"absolute output":           {WorkingDir: ".", Outputs: []Path{{At: "/etc/passwd"}}},
		"output is the root":        {WorkingDir: ".", Outputs: []Path{{At: "."}}},
		"input outside":             {WorkingDir: ".", Inputs: []Leaf{{At: "a/../../b", Content: file}}},
		"input inside an input":     {WorkingDir: ".", Inputs: []Leaf{{At: "a", Content: dir}, {At: "a/b", Content: file}}},
		"input inside a file":       {WorkingDir: ".", Inputs: []Leaf{{At: "a", Content: file}, {At: "a/b", Content: file}}},
		"input inside the root":     {WorkingDir: ".", Inputs: []Leaf{{At: ".", Content: dir}, {At: "-b", Content: file}}},
		"input without content":     {WorkingDir: ".", Inputs: []Leaf{{At: "a"}}},
		"directory over a file":     {WorkingDir: ".", Inputs: []Leaf{{At: "a", Content: file}}, Mkdirs: []string{"a"}},
		"output under a file":       {WorkingDir: ".", Inputs: []Leaf{{At: "a", Content: file}}, Outputs: []Path{{At: "a/b"}}},
	} {
		if _, err := a.Key(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOutputPathsAreRelativeToTheWorkingDirectory(t *testing.T) {
	for _, c := range []struct{ dir, at, want string }{
		{".", "a/b", "a/b"},
		{"a", "a/b", "b"},
		{"a", "b", "../b"},
		{"a/b", "a/c/d", "../c/d"},
		{"a/b", "ab", "../../ab"},
		{"a/b", "a", ".."},
		{"a", "a", ""},
	} {
		if got := relative(c.dir, c.at); got != c.want {
			t.Errorf("relative(%q, %q) = %q, want %q", c.dir, c.at, got, c.want)
		}
	}
}

func TestDiffNamesWhatChanged(t *testing.T) {
	old := []Field{{"argument 0", "sh"}, {"env A", "1"}, {"platform ISA", "x"}, {"platform ISA", "y"}, {"input a", "file 1"}, {"input b", "file 2"}}
	new := []Field{{"argument 0", "sh"}, {"argument 1", "-c"}, {"platform ISA", "x"}, {"platform ISA", "z"}, {"input b", "file 3"}}
	want := []Change{
		{"argument 1", "", "-c"},
		{"env A", "1", ""},
		{"platform ISA", "y", "z"},
		{"input a", "file 1", ""},
		{"input b", "file 2", "file 3"},
	}
	if diff := cmp.Diff(want, Diff(old, new)); diff != "" {
		t.Error(diff)
	}
}

// TestDiffOfArguments: an argument that comes or goes is one change, not one of all behind it.
func TestDiffOfArguments(t *testing.T) {
	fields := func(argv string) []Field {
		out := []Field{}
		for i, arg := range strings.Fields(argv) {
			out = append(out, Field{"argument " + strconv.Itoa(i), arg})
		}
		return append(out, Field{"working directory", "."})
	}
	for _, c := range []struct{ old, new, want string }{
		{"a --lower x y", "a x y", "argument 1: --lower -> "},
		{"a x y", "a -v --lower x y", "argument 1:  -> -v, argument 2:  -> --lower"},
		{"a x y", "a x y z", "argument 3:  -> z"},
		{"a x x", "a x", "argument 2: x -> "},
		{"a 1 2 y", "a 3 y", "argument 1: 1 -> 3, argument 2: 2 -> "},
		{"a 1 y", "a 2 y", "argument 1: 1 -> 2"},
		{"", "a", "argument 0:  -> a"},
	} {
		var got []string
		for _, d := range Diff(fields(c.old), fields(c.new)) {
			got = append(got, d.Label+": "+d.Old+" -> "+d.New)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%q, %q: %s", c.old, c.new, diff)
		}
	}
}

func FuzzParseFields(f *testing.F) {
	f.Add([]byte("a\tb\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		fields, err := ParseFields(b)
		if err == nil && string(FormatFields(fields)) != string(b) {
			t.Errorf("%q reads as %q", b, fields)
		}
	})
}

func BenchmarkKey(b *testing.B) {
	actions := make([]*Action, 10_000)
	for i := range actions {
		actions[i] = smallAction(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, a := range actions {
			if _, err := a.Key(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e4, "ns/action")
}

// smallAction is a point of a grid: a script, a directory, one output.
func smallAction(i int) *Action {
	key := fmt.Sprintf("C=%d,solver=lbfgs", i)
	return &Action{
		Args:       []string{"python3", "src/train.py", "--C", key, "build/features", "build/models/" + key + ".joblib"},
		Env:        BaseEnv(),
		Outputs:    []Path{{At: "build/models/" + key + ".joblib"}},
		WorkingDir: ".",
		Platform:   []Var{{"ISA", "x86-64"}, {"OSFamily", "linux"}},
		Inputs: []Leaf{
			{At: "build/features", Content: digest.Content{Kind: digest.Directory, Digest: digest.Of([]byte("features"))}},
			{At: "src/train.py", Content: digest.Content{Kind: digest.File, Digest: digest.Of([]byte("train"))}},
		},
		Salt:   []Field{{"isolation", "project"}, {"toolchain python", "3.12 abcdef"}},
		Mkdirs: []string{"build/models"},
	}
}
