package dewar_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lock"
	"pgregory.net/rapid"
)

// Properties of action keys: what a pipeline says decides them, not how it is written down; and a
// param changes those of the stages that depend on it, all of them and no others.

// keyed is a pipeline whose stages read params in every way there is.
type keyed struct {
	values []int // of param p0, p1, …
	stages []keyedStage
}

type keyedStage struct {
	reads []int  // params
	how   string // "command", "env", "local", "function", "grid", "file"
	uses  []int  // earlier stages
	late  bool   // its params stand in a map in the other order
}

func drawKeyed(t *rapid.T) *keyed {
	k := &keyed{}
	for i := range rapid.IntRange(1, 4).Draw(t, "params") {
		k.values = append(k.values, 10*i)
	}
	some := func(n int, what string) []int {
		if n == 0 {
			return nil
		}
		return rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, 2, rapid.ID[int]).Draw(t, what)
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "stages") {
		k.stages = append(k.stages, keyedStage{
			reads: some(len(k.values), "reads"), uses: some(i, "uses"),
			how: rapid.SampledFrom([]string{"command", "env", "local", "function", "grid", "file"}).Draw(t, "how"),
		})
	}
	return k
}

// blocks are the declarations, each a text of its own.
func (k *keyed) blocks() []string {
	out := []string{"function \"same\" {\n  params = { x = number }\n  result = x\n}\n"}
	for i := range k.values {
		out = append(out, fmt.Sprintf("param \"p%d\" {\n  type = int\n  file = \"params.yaml\"\n}\n", i), fmt.Sprintf("locals {\n  l%d = param.p%d + 1\n}\n", i, i))
	}
	for i := range k.stages {
		out = append(out, k.stage(i))
	}
	return out
}

func (k *keyed) stage(i int) string {
	s := k.stages[i]
	command, env := []string{fmt.Sprintf("all@s%d", i)}, []string{`T_FIXED = "1"`}
	var grid, params []string
	for _, p := range s.reads {
		switch s.how {
		case "command":
			command = append(command, fmt.Sprintf("x=${param.p%d}", p))
		case "env":
			env = append(env, fmt.Sprintf("T_P%d = param.p%d", p, p))
		case "local":
			command = append(command, fmt.Sprintf("${local.l%d}", p))
		case "function":
			command = append(command, fmt.Sprintf("${same(param.p%d)}", p))
		case "grid":
			grid = append(grid, fmt.Sprintf("a%d = [param.p%d, -1]", p, p))
		case "file":
			params = append(params, fmt.Sprintf("param.p%d", p))
		}
	}
	inputs := []string{`raw = "raw.txt"`}
	for _, u := range s.uses {
		star := ""
		if k.gridded(u) {
			star = "[*]"
		}
		inputs = append(inputs, fmt.Sprintf("u%d = stage.s%d%s.outputs.o", u, u, star))
	}
	if s.late {
		slices.Reverse(inputs)
		slices.Reverse(env)
		slices.Reverse(grid)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "stage \"s%d\" {\n", i)
	key := ""
	if len(grid) > 0 {
		key = "-${each.key}"
		fmt.Fprintf(&b, "  for_each = grid({ %s })\n", strings.Join(grid, ", "))
		command[0] += "@${each.key}"
	}
	if len(params) > 0 {
		fmt.Fprintf(&b, "  params = [%s]\n", strings.Join(params, ", "))
	}
	fmt.Fprintf(&b, "  inputs = { %s }\n  outputs = { o = \"out/s%d%s.txt\" }\n  env = { %s }\n  command = [\"%s\", outputs.o]\n}\n",
		strings.Join(inputs, ", "), i, key, strings.Join(env, ", "), strings.Join(command, `", "`))
	return b.String()
}

func (k *keyed) gridded(i int) bool { return k.stages[i].how == "grid" && len(k.stages[i].reads) > 0 }

func (k *keyed) params() string {
	var b strings.Builder
	for i, v := range k.values {
		fmt.Fprintf(&b, "p%d: %d\n", i, v)
	}
	return b.String()
}

// keys runs the pipeline and returns the action keys by instance.
func (k *keyed) keys(t testing.TB, files map[string]string) map[string]string {
	e := newEngine(t, fs.Memory(), "/p", "")
	sources := map[string]string{"raw.txt": "1\n", "params.yaml": k.params()}
	maps.Copy(sources, files)
	e.write(sources)
	if r := e.run(all); r.err != nil || r.Failed > 0 {
		t.Fatalf("%v %v\n%v", r.err, r.Failures, files)
	}
	l, problems, err := lock.Read([]byte(e.read("pipeline.lock")))
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	out := map[string]string{}
	for _, x := range l.Entries {
		out[x.Instance] = x.Action.String()
	}
	return out
}

func (k *keyed) plain() map[string]string {
	return map[string]string{"pipeline.hcl": strings.Join(k.blocks(), "\n")}
}

// TestKeys_writtenDown: the order of blocks and of the names of a map, the files that blocks stand in, and the
// number of processors change no action key.
func TestKeys_writtenDown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := drawKeyed(rt)
		want := k.keys(rapidTB{t, rt}, k.plain())
		for i := range k.stages {
			k.stages[i].late = true
		}
		files := map[string]string{"pipeline.hcl": ""}
		for _, b := range rapid.Permutation(k.blocks()).Draw(rt, "blocks") {
			files[rapid.SampledFrom([]string{"pipeline.hcl", "a.pipeline.hcl", "z.pipeline.hcl"}).Draw(rt, "file")] += b
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(rapid.IntRange(1, 4).Draw(rt, "processors")))
		if got := k.keys(rapidTB{t, rt}, files); !maps.Equal(want, got) {
			rt.Fatalf("want %v\ngot  %v\nof\n%v", want, got, files)
		}
	})
}

// TestKeys_ofParams: another value of a param changes the action keys of the stages that depend on it, and of
// no others; a param that nothing uses changes none.
func TestKeys_ofParams(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := drawKeyed(rt)
		before := k.keys(rapidTB{t, rt}, k.plain())
		p := rapid.IntRange(0, len(k.values)-1).Draw(rt, "param")
		k.values[p]++
		after := k.keys(rapidTB{t, rt}, k.plain())
		depends := make([]bool, len(k.stages))
		for i, s := range k.stages {
			depends[i] = slices.Contains(s.reads, p) || slices.ContainsFunc(s.uses, func(u int) bool { return depends[u] })
		}
		for i := range k.stages {
			name := fmt.Sprintf("s%d", i)
			was, is := ofStage(before, name), ofStage(after, name)
			switch {
			case !depends[i] && !slices.Equal(was, is):
				rt.Fatalf("%s does not depend on p%d:\n%v\n%v\n%s", name, p, was, is, k.plain())
			case depends[i] && !k.gridded(i) && slices.ContainsFunc(is, func(x string) bool { return slices.Contains(was, x) }):
				rt.Fatalf("%s depends on p%d:\n%v\n%v\n%s", name, p, was, is, k.plain())
			case depends[i] && slices.Equal(was, is): // of a grid some points stay
				rt.Fatalf("no point of %s depends on p%d:\n%v\n%v\n%s", name, p, was, is, k.plain())
			}
		}
	})
}

// ofStage are the action keys of the instances of a stage, sorted.
func ofStage(keys map[string]string, stage string) []string {
	var out []string
	for instance, key := range keys {
		if name, _, _ := strings.Cut(instance, "@"); name == stage {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}
