package dewar

import (
	"context"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// byChance returns what is wrong with files that lie where data of modules from Git is to be
// brought, and that nobody has brought or accepted. That is among the files of the module's user: one
// that is there by chance is not what the module means, and none that it was given. A function may have
// read it, so it does not matter which stages are to run.
func (s *session) byChance(ctx context.Context) (out diag.List) {
	for i := range s.g.Data {
		d := &s.g.Data[i]
		known := func(l lock.Data) bool { return l.Path == d.Path }
		if d.Host != "" || projectOf(d.Span.File) == "." || inModules(d.Path) || slices.ContainsFunc(s.lock.Data, known) {
			continue
		}
		if exists(s.p.host.FS, s.p.hostPath(d.Path)) {
			out = append(out, s.notBrought(ctx, d)...)
		}
	}
	return out
}

func (s *session) notBrought(ctx context.Context, d *graph.Data) diag.List {
	if d.SHA256 != "" {
		now, err := s.workspace(ctx, d.Path, true)
		if err != nil || now.Digest.Hex() == d.SHA256 {
			return nil // what cannot be read is said where it is
		}
		return diag.List{notTheDownload(*d, now)}
	}
	return diag.List{{
		Code: "E-data-mismatch", Span: d.Span,
		Detail: fmt.Sprintf("%s is of another project, and nobody has taken it yet: what lies there is something else. `dewar data update %s` brings it, and keeps what lies there aside.", d.Path, d.Name),
	}}
}
