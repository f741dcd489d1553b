package eval

import (
	"math/big"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// resources reads { cpus = 2, memory = "4GiB", … }.
func (a *attrs) resources() []graph.Resource {
	out, _ := decode(a, "resources", nil, func(v cty.Value, at diag.Span) ([]graph.Resource, bool) {
		if !isObject(v.Type()) {
			a.wrong(at, "resources is an object like { cpus = 2, memory = \"4GiB\" }, not %s.", kindOf(v))
			return nil, false
		}
		var out []graph.Resource
		m := v.AsValueMap()
		all := true
		for _, n := range sortedNames(m) {
			if m[n].IsNull() {
				continue
			}
			amount, ok := quantity(n, m[n])
			switch {
			case meantResource[n] != "":
				a.ev.errorf(a.fr, "E-attribute-unknown", a.entrySpan("resources", n, at), "There is no resource %q here. Did you mean %q?", n, meantResource[n])
			case !ok:
				a.ev.errorf(a.fr, "E-attribute-value", a.entrySpan("resources", n, at), "resources.%s is %s.", n, wanted(n))
			default:
				out = append(out, graph.Resource{Name: n, Amount: amount})
				continue
			}
			all = false
		}
		return out, all
	})
	return out
}

// meantResource holds names that other schedulers have for the resources known here. As
// resources of one's own they would be counted and mean nothing.
var meantResource = map[string]string{
	"cpu": "cpus", "core": "cpus", "cores": "cpus", "threads": "cpus",
	"mem": "memory", "ram": "memory", "mem_mb": "memory", "memory_mb": "memory", "memory_gb": "memory",
	"gpu": "gpus",
}

func wanted(name string) string {
	switch name {
	case "cpus":
		return "a number above zero, with at most three decimals"
	case "memory":
		return "a size like \"512MiB\" or \"4GiB\", or a number of bytes"
	default:
		return "a whole number from 0"
	}
}

// quantity reads one resource: cpus in thousandths, memory in bytes, others in units.
func quantity(name string, v cty.Value) (int64, bool) {
	if name == "memory" && v.Type() == cty.String {
		return size(v.AsString())
	}
	if v.Type() != cty.Number {
		return 0, false
	}
	f := v.AsBigFloat()
	if name == "cpus" {
		f = new(big.Float).SetPrec(512).Mul(f, big.NewFloat(1000))
		n, _ := new(big.Float).SetPrec(512).Add(f, big.NewFloat(0.5)).Int64()
		near, _ := new(big.Float).Sub(f, new(big.Float).SetInt64(n)).Float64()
		return n, n > 0 && near < 1e-6 && near > -1e-6
	}
	n, acc := f.Int64()
	return n, acc == big.Exact && n >= 0 && (n > 0 || name != "memory")
}

// size reads "4GiB", "500 MB".
func size(s string) (int64, bool) {
	units := []struct {
		name string
		n    int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"KB", 1e3}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}}
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		f, _, err := big.ParseFloat(strings.TrimSpace(digits), 10, 256, big.ToNearestEven)
		if err != nil || f.Sign() <= 0 || f.IsInf() {
			return 0, false
		}
		n, _ := f.Mul(f, new(big.Float).SetInt64(u.n)).Int64()
		return n, n > 0
	}
	return 0, false
}

// scratch reads { ckpt = { path = "ckpt/", scope = "key" }, … }.
func (a *attrs) scratch() []graph.Scratch {
	out, _ := decode(a, "scratch", nil, func(v cty.Value, at diag.Span) ([]graph.Scratch, bool) {
		if !isObject(v.Type()) {
			a.wrong(at, "scratch is an object like { ckpt = { path = \"ckpt/\" } }, not %s.", kindOf(v))
			return nil, false
		}
		var out []graph.Scratch
		m := v.AsValueMap()
		for _, n := range sortedNames(m) {
			if m[n].IsNull() {
				continue
			}
			s, ok := a.oneScratch(n, m[n], at)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	})
	return out
}

func (a *attrs) oneScratch(name string, v cty.Value, at diag.Span) (graph.Scratch, bool) {
	out := graph.Scratch{Name: name, Scope: "key"}
	bad := func(why string) (graph.Scratch, bool) {
		a.ev.errorf(a.fr, "E-attribute-value", at, "scratch.%s %s. It is an object with path or env or both, and scope: \"key\" (one for each action key) or \"machine\".", name, why)
		return out, false
	}
	if !isObject(v.Type()) {
		return bad("is " + kindOf(v))
	}
	m := v.AsValueMap()
	for _, n := range sortedNames(m) {
		if m[n].IsNull() {
			continue
		}
		s, ok := stringOf(m[n])
		if !ok {
			return bad("has a " + n + " that is " + kindOf(m[n]))
		}
		switch n {
		case "path":
			p, _, ok := a.ev.path(a.fr, s, at, "scratch."+name)
			if !ok {
				return out, false
			}
			out.Path = p
		case "env":
			out.Env = s
		case "scope":
			out.Scope = s
		default:
			return bad("has no " + quoteJSON(n))
		}
	}
	switch {
	case out.Path == "" && out.Env == "":
		return bad("has neither path nor env")
	case out.Path == ".":
		return bad("is the whole project")
	case out.Scope != "key" && out.Scope != "machine":
		return bad("has the scope " + quoteJSON(out.Scope))
	}
	return out, true
}

func sortedNames(m map[string]cty.Value) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
