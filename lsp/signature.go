package lsp

import (
	"context"
)

// signature says what arguments the call around a place takes.
func (s *server) signature(_ context.Context, p placeParams) (any, error) {
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	c := sc.site(at)
	if c.comment {
		return nil, nil
	}
	for i := len(c.frames) - 1; i >= 0; i-- {
		fr := &c.frames[i]
		if fr.Char != '(' || fr.Call == "" {
			continue
		}
		sig, doc, ok := sc.signatureNamed(fr.Call)
		if !ok {
			return nil, nil
		}
		return sig.help(doc, fr.Arg), nil
	}
	return nil, nil
}

func (sc *scope) signatureNamed(name string) (signature, string, bool) {
	if f := sc.s.function(name); f != nil {
		return signatureOf(f), functionDoc(f), true
	}
	if f, b := sc.decl("function", name); b != nil {
		return ownSignature(f, b), literal(f, b, "description"), true
	}
	return signature{}, "", false
}

// help is the signature with the argument at n pointed at.
func (s *signature) help(doc string, n int) signatureHelp {
	info := signatureInformation{Label: s.label, Parameters: []parameterInformation{}}
	if doc != "" {
		info.Documentation = &markup{"markdown", doc}
	}
	for _, p := range s.parameters {
		info.Parameters = append(info.Parameters, parameterInformation{[2]int{units(s.label[:p[0]]), units(s.label[:p[1]])}})
	}
	if s.more {
		n = min(n, len(s.parameters)-1)
	}
	return signatureHelp{Signatures: []signatureInformation{info}, ActiveParameter: max(n, 0)}
}
