package dewar

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
)

// Applying an experiment, the params files: what is written into them.

// edit changes values in a params file, and nothing else in it.
func (a *applier) edit(ctx context.Context, file string, edits []param.Edit) error {
	b, err := a.p.view.ReadFile(file)
	if err != nil {
		return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
	}
	f, diags := param.Decode(param.Source{Path: file, Bytes: b})
	if f == nil {
		return diags.Err()
	}
	like := a.fileThen(file)
	for i := range edits {
		edits[i].Like = like
	}
	if params, _, _ := a.p.BoundParams(EvalOptions{Dir: a.r.Pipeline, Set: a.chosen}); params != nil {
		edits = params.Typed(file, edits)
	}
	now, diags := f.Edit(edits)
	if err := diags.Err(); err != nil {
		return err
	}
	if bytes.Equal(now, b) {
		return nil
	}
	if len(a.refused) > 0 { // forced
		if err := a.keep(file, b); err != nil {
			return fmt.Errorf("keep %s: %w", file, err)
		}
	}
	_, err = a.p.Unprotect(ctx, []string{file}) // a link to a blob is no file of the person's
	if err == nil {
		err = a.p.rewriteFile(a.p.hostPath(file), b, now)
	}
	if err != nil {
		return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
	}
	return nil
}

// keep keeps a file as it is before it is changed.
func (a *applier) keep(file string, b []byte) error {
	where := filepath.Join(a.p.path("kept"), a.p.host.Now().UTC().Format("20060102-150405.000000000"), filepath.FromSlash(file))
	if err := a.p.host.FS.MkdirAll(filepath.Dir(where), 0o777); err != nil {
		return err
	}
	if err := fs.WriteFile(a.p.host.FS, where, b); err != nil {
		return err
	}
	a.rep.Kept = append(a.rep.Kept, Kept{Path: file, Where: where, Digest: digest.Of(b), Kind: "a file"})
	return nil
}

// fileThen is a params file as the experiment was made of it, nil if nobody knows. Its
// values are spelled as there: a script that read 1 is not to be given 1.0 because
// 0.5 stood in between, for that would be another action.
func (a *applier) fileThen(file string) *param.File {
	for _, src := range a.r.Sources {
		if src.Path != file {
			continue
		}
		d, err := digest.Parse(src.Digest)
		if err != nil {
			return nil
		}
		b, err := a.p.store.ReadAll(d, d.Size)
		if err != nil {
			return nil
		}
		f, _ := param.Decode(param.Source{Path: file, Bytes: b})
		return f
	}
	return nil
}
