package param

import "github.com/zclconf/go-cty/cty"

// Along returns what the part at path of a value of type t is declared to be; KindAny if
// the type says nothing of it.
func (t Type) Along(path cty.Path) Kind {
	for _, s := range path {
		switch {
		case t.Kind == KindList || t.Kind == KindSet || t.Kind == KindMap:
			t = *t.Elem
		case t.Kind == KindTuple:
			i, ok := position(s)
			if !ok || i >= len(t.Elems) {
				return KindAny
			}
			t = t.Elems[i]
		case t.Kind == KindObject:
			f := t.field(nameOf(s))
			if f == nil {
				return KindAny
			}
			t = f.Type
		default:
			return KindAny
		}
	}
	return t.Kind
}

func position(s cty.PathStep) (int, bool) {
	i, ok := s.(cty.IndexStep)
	if !ok || i.Key.Type() != cty.Number {
		return 0, false
	}
	n, _ := i.Key.AsBigFloat().Int64()
	return int(n), true
}

func nameOf(s cty.PathStep) string {
	switch s := s.(type) {
	case cty.GetAttrStep:
		return s.Name
	case cty.IndexStep:
		if s.Key.Type() == cty.String {
			return s.Key.AsString()
		}
	}
	return ""
}
