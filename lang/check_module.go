package lang

import (
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// apart reports a module and a stage of one name: `prep` is a selector of either.
func (d *declarer) apart(b *Block) bool {
	other := map[string]string{"stage": "module", "module": "stage"}[b.Kind]
	first, taken := d.first[[2]string{other, b.Name}]
	if other == "" || !taken {
		return true
	}
	d.report(diag.Diagnostic{
		Code: "E-duplicate", Span: b.Span, Subject: b.Subject(),
		Detail: fmt.Sprintf("A stage and a module are called %q, and nobody could tell which of them the name means. Rename one.", b.Name),
		Notes:  []diag.Note{{Span: first, Text: "the other is here"}},
	})
	return false
}

// inModule says why a root cannot stand in an attribute of a module block; "" means that
// it can.
func inModule(attr, root string) string {
	switch {
	case attr == "source":
		return "The source of a module is a constant: it is read before anything else."
	case attr == "params" && root != "toolchain":
		return ""
	case attr == "params":
		return "A toolchain is no value that a param can have. The module's pipeline declares its own."
	case attr == "for_each" && root != "toolchain":
		return ""
	case root == "param" || root == "local":
		return ""
	}
	return "In the " + attr + " of a module, params, locals and the point can be used, and nothing else."
}

// moduleRef checks what a reference does with a module. Which outputs it has is known when
// its pipeline is read.
func (c *checker) moduleRef(pl place, r *Ref, to *Block) {
	grid := to.Attr("for_each") != nil
	path := r.Rest
	if len(path) == 0 && r.Splat {
		path = r.Each
	} else if grid && len(path) > 0 {
		if _, index := path[0].(hcl.TraverseIndex); !index {
			c.report(pl, "E-ref-points", r.Span, "Module %q is there once for each of its points. Write %s for all of them, pick(module.%s, { … }) for one, or for_each = module.%s.",
				to.Name, spreadOut(r), to.Name, to.Name)
			return
		}
	}
	if len(r.Rest) == 0 && r.Index {
		path = hcl.Traversal{hcl.TraverseIndex{}}
	}
	if len(path) == 0 {
		return
	}
	name, ok := path[0].(hcl.TraverseAttr)
	switch {
	case !ok && grid:
		c.report(pl, "E-ref-form", r.Span, "Positions change when points are added: write pick(module.%s, { … }) for one point, where(module.%s, { … }) for several, or module.%s[*] for all.", to.Name, to.Name, to.Name)
	case !ok:
		c.report(pl, "E-ref-form", r.Span, "Module %q is there once: write module.%s.outputs.NAME.", to.Name, to.Name)
	case name.Name == "outputs" || grid || name.Name == "key":
	case name.Name == "metrics" || name.Name == "plots" || name.Name == "params":
		c.report(pl, "E-ref-unknown", r.Span, "A module has outputs alone. Declare an output block in its pipeline for what is to be read.")
	default:
		c.report(pl, "E-ref-unknown", r.Span, "A module has no %q. What can be read of it is module.%s.outputs.NAME.", name.Name, to.Name)
	}
}
