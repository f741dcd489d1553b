package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/checkout"
	"github.com/dewar-build/dewar/store/remote"
)

// Data that a pipeline begins with may not be there: in a fresh clone, on another
// machine. What the lock knows comes out of the cache, or from a remote if one may be asked; a
// download comes from its url, its digest checked. What lies there already is never replaced.

// Pull says where a run may take from what the cache does not have: what the lock names from
// all, for digests need no trust, and action results from those that are trusted.
type Pull struct{ From []*RemotePlace }

// trusted are those whose action results are believed.
func (u *Pull) trusted() []*RemotePlace {
	return slices.DeleteFunc(slices.Clone(u.From), func(r *RemotePlace) bool { return !r.Config.Trust })
}

// BringOptions say what data to bring.
type BringOptions struct {
	Names    []string // of data; none: all that is missing
	Pull     *Pull    // nil: no remote is asked
	Progress func(name string, done, total int64)
}

// Brought is data that was brought into the workspace.
type Brought struct {
	Name, Path string
	From       string // "cache", the name of a remote, or the url
	Bytes      int64
}

// MissingData returns the names of the data that instances of ids need, or that no instance speaks of, or
// whose files are listed, and that is not there. (What has no instances as long as it is missing may be needed by any.)
func (p *Project) MissingData(ev *Evaluation, ids []graph.ID) []string {
	var missing []string
	for _, d := range ev.Graph.Data {
		if d.Host == "" && !inModules(d.Path) && !exists(p.host.FS, p.hostPath(d.Path)) {
			missing = append(missing, d.Name)
		}
	}
	if len(missing) == 0 { // as nearly always: instances need not be looked at
		return nil
	}
	used, wanted := map[string]bool{}, map[string]bool{}
	for i := range ev.Graph.Instances {
		for _, in := range ev.Graph.Instances[i].Inputs {
			used[in.Data] = true
		}
	}
	for _, id := range ids {
		for _, in := range ev.Graph.Instances[id].Inputs {
			wanted[in.Data] = true
		}
	}
	for _, name := range p.UnlistedData(ev) {
		wanted[name] = true
	}
	return slices.DeleteFunc(missing, func(name string) bool { return used[name] && !wanted[name] })
}

// BringData brings data that is missing into the workspace. What can be had nowhere is left
// out of the answer: whoever needs it says so.
func (p *Project) BringData(ctx context.Context, ev *Evaluation, o BringOptions) ([]Brought, error) {
	blocks, l, err := p.lockedData(ev, o.Names)
	if err != nil {
		return nil, err
	}
	hold := remote.NewHold(p.store)
	defer hold.Release()
	var out []Brought
	for _, d := range blocks {
		if d.Host != "" || exists(p.host.FS, p.hostPath(d.Path)) {
			continue
		}
		b, err := p.bring(ctx, ev, l, d, o, hold)
		if err != nil {
			return out, err
		}
		if b != nil {
			out = append(out, *b)
		}
	}
	return out, p.index.Save()
}

// bring brings one block of data; nil if it can be had nowhere.
func (p *Project) bring(ctx context.Context, ev *Evaluation, l *lock.Lock, d graph.Data, o BringOptions, hold *remote.Hold) (*Brought, error) {
	want := digest.Content{}
	if known := l.DataOf(d.Name); known != nil && known.Path == d.Path && (d.SHA256 == "" || known.Content.Digest.Hex() == d.SHA256) {
		want = known.Content
	}
	from := ""
	switch {
	case want.Kind != digest.None && p.store.HasAll(want):
		from = "cache"
	case want.Kind != digest.None && o.Pull != nil:
		name, err := p.pullData(ctx, d, want, o, hold)
		if err != nil && d.URL == "" && d.From.Project == "" {
			return nil, err
		}
		from = name
	}
	if from == "" && d.URL != "" {
		c, err := p.download(ctx, d, o.Progress)
		if err != nil {
			return nil, err
		}
		want, from = c, d.URL
		if err := p.lockData(ev.Dir, lock.Data{Name: d.Name, Path: d.Path, Content: want}); err != nil {
			return nil, err
		}
	}
	if from == "" && d.From.Project != "" {
		name, err := p.bringImport(ctx, ev, d, want, o, hold)
		if err != nil {
			return nil, err
		}
		from = name
	}
	if from == "" {
		return nil, nil
	}
	rep := &CheckoutReport{} // nothing was there that could have been kept aside
	if err := p.checkoutItems(ctx, []checkout.Item{{Path: d.Path, Content: want}}, fs.NewIgnore(p.view.ReadFile), rep); err != nil {
		return nil, err
	}
	_, bytes, err := p.contentsOf(want)
	return &Brought{d.Name, d.Path, from, bytes}, err
}

// pullData fetches what the lock says of data. It returns the remotes that were asked, "" if none has it.
func (p *Project) pullData(ctx context.Context, d graph.Data, want digest.Content, o BringOptions, hold *remote.Hold) (string, error) {
	opt := o.Pull.From[0].Options()
	opt.Hold = hold
	if o.Progress != nil {
		opt.Progress = func(now remote.Progress) { o.Progress("data."+d.Name, now.Done.Bytes, now.Total.Bytes) }
	}
	done, err := remote.Fetch(ctx, p.store, placesOf(o.Pull.From), remote.Request{Roots: []digest.Content{want}}, opt)
	p.warnCorrupt(done.Corrupt)
	if err != nil {
		return "", RemoteFailure(o.Pull.From[0].Config, "fetching data."+d.Name, err)
	}
	if !done.Complete() {
		return "", nil
	}
	return strings.Join(placeNames(o.Pull.From), ", "), nil
}

// download brings the file of the web that data is.
func (p *Project) download(ctx context.Context, d graph.Data, progress func(string, int64, int64)) (digest.Content, error) {
	got, err := p.downloadPinned(ctx, d.URL, d.SHA256, func(done int64) {
		if progress != nil {
			progress("data."+d.Name, done, -1)
		}
	})
	var other *otherBytesError
	switch {
	case errors.As(err, &other):
		return digest.Content{}, failure(diag.Diagnostic{Code: "E-data-mismatch", Span: d.Span, Detail: fmt.Sprintf("data.%s: %v. If it is the one you want, write its sha256 into the block.", d.Name, err)})
	case err != nil && ctx.Err() == nil:
		return digest.Content{}, failure(cannotDownload(d, err))
	}
	return digest.Content{Kind: digest.File, Digest: got}, err
}

// fetchFile is native.Fetch: it downloads a file into the store.
func (p *Project) fetchFile(ctx context.Context, url, sum string) (string, error) {
	got, err := p.downloadPinned(ctx, url, sum, func(int64) {})
	if err != nil {
		return "", err
	}
	return p.store.BlobPath(got, false)
}

// otherBytesError says that a download is not what it was to be.
type otherBytesError struct {
	url, want, kept string
	got             digest.Digest
}

func (e *otherBytesError) Error() string {
	return fmt.Sprintf("what %s gives now has the sha256 %s, not %s. It is not used, and kept in %s", e.url, e.got.Hex(), e.want, e.kept)
}

// downloadPinned brings a file of the web into the store. What has another digest than sum is set aside, and
// an otherBytesError.
func (p *Project) downloadPinned(ctx context.Context, url, sum string, progress func(int64)) (digest.Digest, error) {
	var none digest.Digest
	want, err := digest.FromHex(sum, 0)
	if err != nil {
		return none, fmt.Errorf("dewar.downloadPinned: %w", err)
	}
	name, unlock, err := p.store.Incoming(want)
	if err != nil {
		return none, err
	}
	defer unlock()
	got, err := p.downloadTo(ctx, url, name, progress, func(got digest.Digest) bool { return got.Hash == want.Hash })
	if err != nil {
		return none, err
	}
	if got.Hash != want.Hash {
		kept, _ := p.store.SetAside(name, want)
		return none, &otherBytesError{url, sum, kept, got}
	}
	_, err = p.store.Adopt(name, got)
	return got, err
}

// downloadTo downloads a file to name, going on from what is there of it. If that turns out not to be good,
// it is downloaded once more from the beginning.
func (p *Project) downloadTo(ctx context.Context, url, name string, progress func(int64), good func(digest.Digest) bool) (digest.Digest, error) {
	var last digest.Digest
	for _, again := range []bool{false, true} {
		var offset int64
		if info, err := p.host.FS.Lstat(name); err == nil {
			if again {
				if err := p.host.FS.Remove(name); err != nil {
					return last, err
				}
			} else {
				offset = info.Size
			}
		}
		if err := p.tryDownload(ctx, url, name, offset, progress); err != nil {
			return last, err
		}
		var err error
		if last, err = hashOf(p.host.FS, name); err != nil || good(last) || offset == 0 {
			return last, err
		}
	}
	return last, nil
}

// hashOf returns the digest of a file.
func hashOf(fsys fs.FS, name string) (digest.Digest, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return digest.Digest{}, err
	}
	defer f.Close()
	return digest.Read(f, make([]byte, 128<<10))
}

// CheckoutData makes the workspace hold tracked data as the lock has it: that of the names, or all. What
// lies there and the store does not know is kept aside. It returns what the cache does not hold.
func (p *Project) CheckoutData(ctx context.Context, ev *Evaluation, names []string, rep *CheckoutReport) error {
	blocks, l, err := p.lockedData(ev, names)
	if err != nil {
		return err
	}
	var items []checkout.Item
	for _, d := range blocks {
		known := l.DataOf(d.Name)
		if known == nil || known.Path != d.Path || d.Host != "" {
			continue
		}
		if !p.store.HasAll(known.Content) {
			if c, err := p.hasher(&directories{}).Content(ctx, d.Path); err != nil || c != known.Content {
				rep.Missing = append(rep.Missing, "data."+d.Name)
			}
			continue
		}
		items = append(items, checkout.Item{Path: d.Path, Content: known.Content})
	}
	return p.checkoutItems(ctx, items, fs.NewIgnore(p.view.ReadFile), rep)
}
