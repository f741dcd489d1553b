package dewar

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// A variation is something that an execution does not have in common with the one that made the result, and
// that a reproducible action must not care about.
type variation struct {
	name  string
	fixed bool // nothing is different: something that may be is held fast
	what  run.Variation
	vars  []graph.Var
	apply func(ctx context.Context, a *graph.Action, dir string) (*graph.Action, func(), error) // another action; nil: the same
}

// The names of variations, in the order in which they are tried. Time is none of those that can be tried
// alone: it has moved on, whatever else is done.
const (
	varyTime   = "time"
	varyHost   = "host"
	varyTemp   = "tmp"
	varyCPUs   = "cpus"
	varyOrder  = "order"
	varyParams = "params"
	varyLocale = "locale"
)

// Variations are all of them; those that are tried if nobody says otherwise come first.
func Variations() (names []string, usual int) {
	return []string{varyTime, varyHost, varyTemp, varyCPUs, varyOrder, varyParams, varyLocale}, 6
}

// What is looked for in the bytes of results.
const (
	otherHost = "another-host"
	otherTemp = "/tmp/dewar-elsewhere"
)

// check refuses options that mean nothing.
func (o *VerifyOptions) check() error {
	all, usual := Variations()
	if o.Vary == nil {
		o.Vary = all[:usual]
	}
	for _, name := range o.Vary {
		if !slices.Contains(all, name) {
			return failure(diag.Diagnostic{Code: "E-usage", Detail: fmt.Sprintf("There is no variation %q. There are %s.", name, strings.Join(all, ", "))})
		}
	}
	if o.Runs < 0 {
		return failure(diag.Diagnostic{Code: "E-usage", Detail: fmt.Sprintf("-n wants a positive number, not %d.", o.Runs)})
	}
	if o.Runs == 0 {
		o.Runs = 1
	}
	if o.Tolerance < 0 || math.IsNaN(o.Tolerance) || math.IsInf(o.Tolerance, 0) {
		return failure(diag.Diagnostic{Code: "E-usage", Detail: "--tolerance wants a number that is not negative, as in --tolerance 1e-6."})
	}
	return nil
}

// variations are those that can be had for an instance.
func (v *verifier) variations(ctx context.Context, id graph.ID) (list []variation, not []Unvaried, err error) {
	x, a := &v.g.Instances[id], v.state[id].action
	weak := v.weak()
	for _, name := range v.o.Vary {
		var one *variation
		why := ""
		if weak != "" && slices.Contains([]string{varyHost, varyTemp, varyCPUs, varyOrder}, name) {
			not = append(not, Unvaried{name, weak})
			continue
		}
		switch name {
		case varyTime:
			if err := v.untilLater(ctx, id); err != nil {
				return nil, nil, err
			}
		case varyHost:
			one = &variation{what: run.Variation{Host: otherHost}}
		case varyTemp:
			one = &variation{what: run.Variation{TempDir: otherTemp}}
		case varyCPUs:
			if one = (&variation{what: run.Variation{OneCPU: true}}); v.p.host.CPUs < 2 {
				one, why = nil, "this machine has one processor"
			}
		case varyOrder:
			one, why = v.varyOrder(a)
		case varyParams:
			one, why = v.varyParams(x)
		case varyLocale:
			one = v.varyLocale(ctx)
		}
		if why != "" {
			not = append(not, Unvaried{name, why})
		}
		if one != nil {
			one.name = name
			list = append(list, *one)
		}
	}
	return list, not, nil
}

// weak says why a sandbox cannot be varied: there is none.
func (v *verifier) weak() string {
	v.reach.Do(func() {
		exec, err := v.executor.get(v.p, v.slots)
		if e, ok := exec.(interface{ Reach() error }); ok && err == nil && e.Reach() != nil {
			v.weaker = "commands have no sandbox of their own here"
		}
	})
	return v.weaker
}

// untilLater waits until the second is another one than that in which the result was made: what writes the
// time of day with seconds shall not get away with it.
func (v *verifier) untilLater(ctx context.Context, id graph.ID) error {
	res, err := v.p.store.Result(v.state[id].key)
	if err != nil || res == nil {
		return err
	}
	const patience = 100
	if v.p.host.Now().Unix() != res.Started.Unix() {
		return nil
	}
	ticks, stop := v.p.host.Ticker(lookAgain / 10)
	defer stop()
	for n := 0; n < patience && v.p.host.Now().Unix() == res.Started.Unix(); n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
		}
	}
	return nil
}

// varyLocale takes a locale that sorts otherwise, if this machine has one.
func (v *verifier) varyLocale(ctx context.Context) *variation {
	locale := "C"
	if out, err := v.p.host.Command(ctx, []string{"locale", "-a"}); err == nil {
		for _, name := range strings.Fields(string(out)) {
			if name != "POSIX" && name != "C" && !strings.HasPrefix(name, "C.") {
				locale = name
				break
			}
		}
	}
	return &variation{vars: []graph.Var{{Name: "LANG", Value: locale}, {Name: "LC_ALL", Value: locale}}}
}

// localeOf is the locale that variations set; "" if none does.
func localeOf(list []variation) string {
	for _, o := range list {
		for _, name := range o.vars {
			if o.name == varyLocale && name.Name == "LC_ALL" {
				return name.Value
			}
		}
	}
	return ""
}

// namesOf are the names of variations.
func namesOf(list []variation) []string {
	out := []string{}
	for _, o := range list {
		if !o.fixed {
			out = append(out, o.name)
		}
	}
	return out
}

// fixedOf is what is held fast.
func fixedOf(list []variation) []string {
	out := []string{}
	for _, o := range list {
		if o.fixed {
			out = append(out, o.name)
		}
	}
	return out
}

// together is what all of them change of an execution.
func together(list []variation) (what run.Variation, vars []graph.Var) {
	for _, o := range list {
		if o.what.Host != "" {
			what.Host = o.what.Host
		}
		if o.what.TempDir != "" {
			what.TempDir = o.what.TempDir
		}
		what.OneCPU = what.OneCPU || o.what.OneCPU
		vars = append(vars, o.vars...)
	}
	return what, vars
}
