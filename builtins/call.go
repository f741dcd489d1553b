package builtins

import (
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// call is the body of a function.
type call func(args []cty.Value) (cty.Value, error)

// parameter declares a parameter. Types are cty's, so hcl converts a number given
// for a string and the other way round before the body sees it.
func parameter(name string, ty cty.Type) function.Parameter {
	return function.Parameter{Name: name, Type: ty, AllowMarked: true, AllowDynamicType: true} // dynamic: null
}

func text(name string) function.Parameter     { return parameter(name, cty.String) }
func count(name string) function.Parameter    { return parameter(name, cty.Number) }
func anything(name string) function.Parameter { return parameter(name, cty.DynamicPseudoType) }

// orNull allows null for a parameter.
func orNull(p function.Parameter) function.Parameter {
	p.AllowNull = true
	return p
}

// signature is the parameters of a function; rest, if named, takes any number
// of further arguments.
type signature struct {
	params []function.Parameter
	rest   function.Parameter
}

func takes(params ...function.Parameter) signature { return signature{params: params} }

func (s signature) then(rest function.Parameter) signature {
	s.rest = rest
	return s
}

func (s signature) function(result cty.Type, impl call) function.Function {
	return s.raw(result, func(args []cty.Value) (cty.Value, error) { return impl(unboxed(args)) })
}

// raw makes a function whose body is given boxes as they are.
func (s signature) raw(result cty.Type, impl call) function.Function {
	spec := &function.Spec{
		Params: s.params,
		Type:   function.StaticReturnType(result),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return impl(args) },
	}
	if s.rest.Name != "" {
		spec.VarParam = &s.rest
	}
	return function.New(spec)
}

// moving makes a function that moves values about. Its body sees marks and
// leaves them where they are.
func moving(s signature, impl call) function.Function {
	return s.function(cty.DynamicPseudoType, impl)
}

// making makes a function that makes something new of its arguments. Its body
// sees known values without marks; the marks of all arguments go onto the
// leaves of what it returns.
func making(result cty.Type, s signature, impl call) function.Function {
	return s.function(result, func(args []cty.Value) (cty.Value, error) {
		bare := make([]cty.Value, len(args))
		var marks []cty.ValueMarks
		known := true
		for i, a := range args {
			v, m := a.UnmarkDeep()
			bare[i] = v
			known = known && v.IsWhollyKnown()
			if len(m) > 0 {
				marks = append(marks, m)
			}
		}
		out := cty.UnknownVal(result)
		if known {
			var err error
			if out, err = impl(bare); err != nil {
				return cty.DynamicVal, err
			}
		}
		if out, err := number.Normalize(out); err != nil {
			return cty.DynamicVal, err
		} else {
			return onLeaves(out, cty.NewValueMarks(flat(marks)...)), nil
		}
	})
}

func flat(sets []cty.ValueMarks) []any {
	var all []any
	for _, set := range sets {
		for m := range set {
			all = append(all, m)
		}
	}
	return all
}

// onLeaves marks the leaves of a value; a container without any, and a set,
// carries the marks itself.
func onLeaves(v cty.Value, marks cty.ValueMarks) cty.Value {
	if len(marks) == 0 {
		return v
	}
	bare, own := v.Unmark()
	ty := bare.Type()
	if ty.IsPrimitiveType() || ty.IsSetType() || ty.IsCapsuleType() || !bare.IsKnown() || bare.IsNull() || bare.LengthInt() == 0 {
		return v.WithMarks(marks)
	}
	var out cty.Value
	if ty.IsObjectType() || ty.IsMapType() {
		attrs := bare.AsValueMap()
		for name, a := range attrs {
			attrs[name] = onLeaves(a, marks)
		}
		out = cty.ObjectVal(attrs)
		if ty.IsMapType() {
			out = cty.MapVal(attrs)
		}
		return out.WithMarks(own)
	}
	elems := bare.AsValueSlice()
	for i, e := range elems {
		elems[i] = onLeaves(e, marks)
	}
	out = cty.TupleVal(elems)
	if ty.IsListType() {
		out = cty.ListVal(elems)
	}
	return out.WithMarks(own)
}
