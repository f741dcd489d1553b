package main

import (
	"errors"
	"slices"

	"github.com/dewar-build/dewar/diag"
)

// inFile makes an error of package lang, which is given text alone, one that
// is about a file, whose text is kept for the messages.
func (c *cli) inFile(err error, name string, src []byte) error {
	var f *diag.Failure
	if !errors.As(err, &f) {
		return err
	}
	list := slices.Clone(f.List)
	for i := range list {
		list[i].Span.File = name
		list[i].Notes = slices.Clone(list[i].Notes)
		for n := range list[i].Notes {
			if note := &list[i].Notes[n]; !note.Span.IsZero() {
				note.Span.File = name
			}
		}
	}
	sources, ok := c.sources.(diag.SourceMap)
	if !ok {
		sources = diag.SourceMap{}
		c.sources = sources
	}
	sources[name] = src
	return &diag.Failure{List: list}
}
