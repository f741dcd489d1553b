package remote

import (
	"context"
	"fmt"
	"sort"
	"strings"
)

// List returns the objects below dir ("exp", "exp/x") that have proper names,
// sorted by name: what a stranger may have put there under other names is left out.
func List(ctx context.Context, at Named, dir string, opt Options) ([]Object, error) {
	l := newLink(at, opt)
	var all []Object
	err := l.list(ctx, dir, func(o Object) error {
		if strings.HasPrefix(o.Name, dir+"/") {
			all = append(all, o)
		}
		return nil
	}, func() { all = nil })
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, err
}

// Remove removes records by their names; those that are not there are no error.
func Remove(ctx context.Context, at Named, names []string, opt Options) error {
	for _, name := range names {
		if err := checkRecord(Record{Name: name}); err != nil {
			return fmt.Errorf("remove: %w", err)
		}
	}
	return newLink(at, opt).remove(ctx, names)
}

// remove removes objects, a batch at a time.
func (l *link) remove(ctx context.Context, names []string) error {
	g, ctx := l.group(ctx)
	for start := 0; start < len(names); start += batch {
		part := names[start:min(start+batch, len(names))]
		g.Go(func() error {
			return l.call(ctx, "remove", "", func(ctx context.Context, beat func()) error {
				return l.Place.Remove(ctx, part)
			})
		})
	}
	return g.Wait()
}
