package dewar

import (
	"math"
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/verify"
)

// maxCompared bounds the files whose numbers are compared.
const maxCompared = 64 << 20

// near reports whether all that a trial made otherwise are metrics whose numbers are within the tolerance, and
// notes them.
func (v *verifier) near(d *Verified, t *trial) (bool, error) {
	if v.o.Tolerance == 0 {
		return false, nil
	}
	x, st := &v.g.Instances[d.ID], &v.state[d.ID]
	var found []VerifiedOutput
	for i, o := range x.Outputs {
		if t.outs[i] == st.outputs[i] {
			continue
		}
		if o.Group != graph.Metrics || o.Dir || t.outs[i].Exec != st.outputs[i].Exec {
			return false, nil
		}
		apart, ok, err := v.metricsApart(o.Path, st.outputs[i].Digest, t.outs[i].Digest)
		if err != nil || !ok {
			return false, err
		}
		found = append(found, VerifiedOutput{Output: o, Was: st.outputs[i], Now: t.outs[i], Under: namesOf(t.varied), Tolerated: true, Apart: apart})
	}
	d.Outputs = found
	return true, nil
}

// metricsApart says how far the numbers of two files are apart; not ok if something else differs, or one number by more
// than the tolerance.
func (v *verifier) metricsApart(name string, was, now digest.Digest) (apart float64, ok bool, err error) {
	if was.Size > maxCompared || now.Size > maxCompared {
		return 0, false, nil
	}
	a, err := v.p.store.ReadAll(was, maxCompared)
	if err != nil {
		return 0, false, err
	}
	b, err := v.p.store.ReadAll(now, maxCompared)
	if err != nil {
		return 0, false, err
	}
	n := nearness{within: v.o.Tolerance, ok: true}
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".jsonl", ".ndjson":
		x, errX := frame.Read(name, a)
		y, errY := frame.Read(name, b)
		if errX != nil || errY != nil {
			return 0, false, nil
		}
		n.table(x, y)
	default:
		x, errX := frame.Document(name, a)
		y, errY := frame.Document(name, b)
		if errX != nil || errY != nil {
			return 0, false, nil
		}
		n.tree(x, y)
	}
	return n.apart, n.ok, nil
}

// nearness compares values of two files.
type nearness struct {
	within float64
	apart  float64 // the most, of those that are within
	ok     bool
}

func (n *nearness) value(x, y frame.Value) {
	if x == y {
		return
	}
	if x.Kind != frame.Number || y.Kind != frame.Number {
		n.ok = false
		return
	}
	apart := math.Min(math.Abs(x.Number-y.Number), verify.Apart(x.Number, y.Number))
	n.apart = math.Max(n.apart, apart)
	n.ok = n.ok && apart <= n.within
}

func (n *nearness) tree(x, y *frame.Tree) {
	if x.Shape != y.Shape || len(x.Items) != len(y.Items) {
		n.ok = false
		return
	}
	if x.Shape == frame.Scalar {
		n.value(x.Value, y.Value)
	}
	for i := range x.Items {
		if x.Shape == frame.Mapping && x.Names[i] != y.Names[i] {
			n.ok = false
			return
		}
		n.tree(x.Items[i], y.Items[i])
	}
}

func (n *nearness) table(x, y *frame.Frame) {
	if len(x.Rows) != len(y.Rows) || strings.Join(x.Columns, "\x00") != strings.Join(y.Columns, "\x00") {
		n.ok = false
		return
	}
	for r := range x.Rows {
		for i := range x.Rows[r] {
			n.value(x.Rows[r][i], y.Rows[r][i])
		}
	}
}
