package frame

// names knows the entries of a mapping by name. Most mappings are small; one
// that is not gets an index.
type names struct {
	t     *Tree
	index map[string]*Tree
}

const small = 16

func newNames(t *Tree) *names { return &names{t: t} }

// add appends an entry, unless there is one of its name.
func (n *names) add(name string, item *Tree) bool {
	if n.find(name) != nil {
		return false
	}
	n.t.Names, n.t.Items = append(n.t.Names, name), append(n.t.Items, item)
	if n.index != nil {
		n.index[name] = item
	}
	return true
}

// find returns the entry of a name, nil if there is none.
func (n *names) find(name string) *Tree {
	if n.index == nil && len(n.t.Names) >= small {
		n.index = make(map[string]*Tree, 2*len(n.t.Names))
		for i, other := range n.t.Names {
			n.index[other] = n.t.Items[i]
		}
	}
	if n.index != nil {
		return n.index[name]
	}
	for i, other := range n.t.Names {
		if other == name {
			return n.t.Items[i]
		}
	}
	return nil
}
