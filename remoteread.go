package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/store/remote"
)

// readPlace is a place that is only to be read, whatever it would permit.
type readPlace struct{ remote.Place }

// rangedReadPlace is one of which parts of objects can be had.
type rangedReadPlace struct {
	readPlace
	remote.Ranger
}

// nearReadPlace is one whose small objects are read at once, too.
type nearReadPlace struct {
	rangedReadPlace
	remote.Reader
}

func onlyRead(p remote.Place) remote.Place {
	ranger, ranged := p.(remote.Ranger)
	reader, near := p.(remote.Reader)
	switch {
	case ranged && near:
		return nearReadPlace{rangedReadPlace{readPlace{p}, ranger}, reader}
	case ranged:
		return rangedReadPlace{readPlace{p}, ranger}
	}
	return readPlace{p}
}

func (p readPlace) Traits() remote.Traits {
	t := p.Place.Traits()
	t.ReadOnly = true
	return t
}

func (p readPlace) Put(context.Context, string, string, int64, func(int64)) error {
	return errOnlyRead
}

func (p readPlace) Remove(context.Context, []string) error { return errOnlyRead }

var errOnlyRead = fmt.Errorf("%w: it is configured with access = \"read\"", remote.ErrReadOnly)
