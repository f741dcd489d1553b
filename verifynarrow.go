package dewar

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/verify"
)

// instance verifies one instance: under all variations first, then, if something differs, narrowed down.
func (v *verifier) instance(ctx context.Context, id graph.ID) (Verified, error) {
	d := v.all[id]
	list, not, err := v.variations(ctx, id)
	if err != nil {
		return d, err
	}
	d.Varied, d.Unvaried = v.variedNames(list), not
	n := &narrowing{v: v, d: &d, list: list}
	t, err := n.several(ctx, list)
	if err != nil {
		return d, err
	}
	if t == nil {
		d.Verdict = Reproducible
		if len(d.Outputs) > 0 {
			d.Verdict = Tolerated
		}
		return d, nil
	}
	if err := n.narrow(ctx, t); err != nil {
		return d, err
	}
	return d, n.conclude(ctx)
}

// variedNames has time among them, if that was asked for.
func (v *verifier) variedNames(list []variation) []string {
	out := namesOf(list)
	if slices.Contains(v.o.Vary, varyTime) {
		out = append([]string{varyTime}, out...)
	}
	return out
}

// narrowing finds out what of several variations matters.
type narrowing struct {
	v    *verifier
	d    *Verified
	list []variation
	same int      // how many executions made what is recorded
	bad  []*trial // those that differ, or fail, and say most
}

// several executes under variations as often as was asked for, until something differs: that is returned. nil is
// none. Numbers of metrics that are near enough are noted, and are no difference.
func (n *narrowing) several(ctx context.Context, list []variation) (*trial, error) {
	for range n.v.o.Runs {
		t, err := n.v.trial(ctx, n.d, list, true)
		if err != nil {
			return nil, err
		}
		if t.failed != nil {
			return t, nil
		}
		if t.same {
			n.same++
			continue
		}
		near, err := n.v.near(n.d, t)
		if err != nil {
			return nil, err
		}
		if !near {
			return t, nil
		}
	}
	return nil, nil
}

// narrow is called with an execution under all variations that was not as it should be.
func (n *narrowing) narrow(ctx context.Context, all *trial) error {
	n.d.Outputs = nil
	if len(n.list) == 0 {
		return n.inherent(ctx, all)
	}
	plain, err := n.several(ctx, nil)
	if err != nil {
		return err
	}
	if plain != nil {
		return n.inherent(ctx, plain)
	}
	if len(n.list) == 1 {
		return n.matters(ctx, n.list[0].name, all)
	}
	if err := n.oneByOne(ctx, all); err != nil {
		return err
	}
	if len(n.d.Matter) > 0 {
		return nil
	}
	return n.doubtful(ctx, all)
}

// oneByOne tries variations alone, the likely ones first. Once one is found, the others are tried together: mostly
// they make no difference, and then they are not tried each.
func (n *narrowing) oneByOne(ctx context.Context, all *trial) error {
	rest, err := n.likelyFirst(all)
	if err != nil {
		return err
	}
	for len(rest) > 0 {
		o := rest[0]
		rest = rest[1:]
		t, err := n.several(ctx, []variation{o})
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		n.d.Matter = append(n.d.Matter, o.name)
		n.bad = append(n.bad, t)
		if len(rest) < 2 {
			continue
		}
		if t, err = n.several(ctx, rest); err != nil || t == nil {
			return err
		}
	}
	return nil
}

// likelyFirst puts the variations first that the difference speaks for.
func (n *narrowing) likelyFirst(all *trial) ([]variation, error) {
	if all.failed != nil {
		return n.list, nil
	}
	r, err := n.compare(all)
	if err != nil || r == nil {
		return n.list, err
	}
	likely := r.Suspects()
	out := slices.Clone(n.list)
	slices.SortStableFunc(out, func(a, b variation) int {
		return slices.Index(likely, b.name) - slices.Index(likely, a.name)
	})
	return out, nil
}

// matters is one variation that may matter: unless the difference comes and goes by itself.
func (n *narrowing) matters(ctx context.Context, name string, t *trial) error {
	again, err := n.several(ctx, t.varied)
	if err != nil {
		return err
	}
	n.bad = append(n.bad, t)
	if again == nil {
		n.d.Sometimes = true
		return nil
	}
	n.d.Matter = append(n.d.Matter, name)
	return nil
}

// doubtful is what differs under all variations, and under none of them alone.
func (n *narrowing) doubtful(ctx context.Context, all *trial) error {
	again, err := n.several(ctx, n.list)
	if err != nil {
		return err
	}
	n.bad = append(n.bad, all)
	n.d.Together, n.d.Sometimes = again != nil, again == nil
	return nil
}

// inherent is what differs without any variation.
func (n *narrowing) inherent(ctx context.Context, t *trial) error {
	n.d.Inherent, n.d.Sometimes = n.same == 0, n.same > 0
	n.bad = append(n.bad, t)
	if t.failed != nil {
		return nil
	}
	report, err := n.compare(t)
	if err != nil || report == nil || !report.Unordered() || n.d.Wall/time.Duration(max(1, n.d.Executions)) > pinWithin {
		return err
	}
	for _, pin := range pins() {
		ok, err := n.agree(ctx, pin)
		if err != nil {
			return err
		}
		if ok {
			n.d.Settled = append(n.d.Settled, pin.name)
			return nil
		}
	}
	return nil
}

// pinWithin bounds the executions that only tell causes apart.
const pinWithin = 5 * time.Minute

// pins are what may be held fast to see whether it is to blame: where what is made comes out in another order,
// its bytes do not tell a hash from threads.
func pins() []variation {
	var threads []graph.Var
	for _, name := range []string{"MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"} {
		threads = append(threads, graph.Var{Name: name, Value: "1"})
	}
	return []variation{
		{name: "hash", fixed: true, vars: []graph.Var{{Name: "PERL_HASH_SEED", Value: "0"}, {Name: "PERL_PERTURB_KEYS", Value: "0"}, {Name: "PYTHONHASHSEED", Value: "0"}}},
		{name: varyCPUs, fixed: true, what: run.Variation{OneCPU: true}, vars: threads},
	}
}

// agree reports whether executions with something held fast make the same.
func (n *narrowing) agree(ctx context.Context, pin variation) (bool, error) {
	var first *trial
	for range max(3, n.v.o.Runs) {
		t, err := n.v.trial(ctx, n.d, []variation{pin}, false)
		if err != nil || t.failed != nil {
			return false, err
		}
		if first == nil {
			first = t
		} else if !slices.Equal(first.outs, t.outs) {
			return false, nil
		}
	}
	return true, nil
}

// compare looks into the first output that a trial made otherwise; nil if there is none.
func (n *narrowing) compare(t *trial) (*verify.Report, error) {
	x, st := &n.v.g.Instances[n.d.ID], &n.v.state[n.d.ID]
	for i := range x.Outputs {
		if t.outs[i] != st.outputs[i] {
			return verify.Compare(n.v.p.store, st.outputs[i], t.outs[i], n.options(t))
		}
	}
	return nil, nil
}

// options are what is known of the recorded execution and of this one.
func (n *narrowing) options(t *trial) verify.Options {
	o := verify.Options{Times: []time.Time{t.began}}
	if res, err := n.v.p.store.Result(n.v.state[n.d.ID].key); err == nil && res != nil && !res.Started.IsZero() {
		o.Times = append(o.Times, res.Started)
	} else {
		o.Times = nil // when the result was made is not known
	}
	for _, v := range t.varied {
		if v.what.Host != "" {
			o.Host = v.what.Host
		}
		if v.what.TempDir != "" {
			o.TempDir = v.what.TempDir
		}
	}
	return o
}

// conclude says what was found.
func (n *narrowing) conclude(ctx context.Context) error {
	for _, t := range n.bad {
		if t.failed != nil {
			n.d.Verdict = VerifyFailed
			f := *t.failed
			f.Detail += " " + n.when()
			n.d.Failure = diag.List{f}
			return nil
		}
	}
	n.d.Verdict = Differs
	for _, t := range n.bad {
		if err := n.explain(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// when says under what a failure comes.
func (n *narrowing) when() string {
	switch {
	case n.d.Inherent:
		return "It fails without any variation too."
	case n.d.Sometimes:
		return "It does not always fail."
	case n.d.Together:
		return "It fails only under several variations at once."
	}
	return "It fails only when this is varied: " + strings.Join(n.d.Matter, ", ") + "."
}

// explain looks into every output that a trial made otherwise.
func (n *narrowing) explain(ctx context.Context, t *trial) error {
	x, st := &n.v.g.Instances[n.d.ID], &n.v.state[n.d.ID]
	for i, o := range x.Outputs {
		if t.outs[i] == st.outputs[i] {
			continue
		}
		r, err := verify.Compare(n.v.p.store, st.outputs[i], t.outs[i], n.options(t))
		if err != nil {
			return fmt.Errorf("compare %s: %w", o.Path, err)
		}
		out := VerifiedOutput{Output: o, Was: st.outputs[i], Now: t.outs[i], Under: namesOf(t.varied), Report: r}
		out.Causes = r.Causes(n.circumstances(x, t))
		n.d.Outputs = append(n.d.Outputs, out)
	}
	return ctx.Err()
}

// circumstances are what the trials found out.
func (n *narrowing) circumstances(x *graph.Instance, t *trial) verify.Circumstances {
	c := verify.Circumstances{Settled: n.d.Settled, Locale: localeOf(n.list), Command: commandText(x)}
	if len(n.d.Matter) > 0 {
		c.Matter = namesOf(t.varied)
	}
	if slices.Contains(c.Matter, varyParams) {
		c.Withheld, c.Mentions = n.v.withheldParams(n.d.ID)
	}
	return c
}

// commandText is the command as it was written, with what the stage puts into the environment.
func commandText(x *graph.Instance) string {
	var b strings.Builder
	b.WriteString(x.Script + "\n" + strings.Join(x.Args, " "))
	for _, v := range x.Env {
		b.WriteString("\n" + v.Name)
	}
	return b.String()
}
