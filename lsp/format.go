package lsp

import (
	"context"
	"strings"

	"github.com/dewar-build/dewar/lang"
)

// formatting writes a file in canonical form. One that cannot be parsed stays as it is:
// what is wrong with it is shown anyway.
func (s *server) formatting(_ context.Context, p documentParams) (any, error) {
	sc, err := s.scope(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	text := sc.file.text
	windows := strings.Contains(text, "\r\n")
	out, err := lang.Format([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
	if err != nil {
		return []textEdit{}, nil
	}
	want := string(out)
	if windows {
		want = strings.ReplaceAll(want, "\n", "\r\n")
	}
	if e := difference(sc.file.document, want); e != nil {
		return []textEdit{*e}, nil
	}
	return []textEdit{}, nil
}

// difference is the edit of whole lines that makes a text another; nil if they are equal.
func difference(d *document, want string) *textEdit {
	have := d.text
	if have == want {
		return nil
	}
	start := 0
	for start < len(have) && start < len(want) && have[start] == want[start] {
		start++
	}
	start = strings.LastIndexByte(have[:start], '\n') + 1
	end := 0
	for end < len(have)-start && end < len(want)-start && have[len(have)-1-end] == want[len(want)-1-end] {
		end++
	}
	if n := strings.IndexByte(have[len(have)-end:], '\n'); n >= 0 {
		end -= n + 1
	} else {
		end = 0
	}
	return &textEdit{d.span(start, len(have)-end), want[start : len(want)-end]}
}
