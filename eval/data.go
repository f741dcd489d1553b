package eval

import (
	"net/url"
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// data is a data block. External data has a path in the project as well, one
// that is nothing there: where it stands in input roots. That is what data.x
// is, so that an action key does not know where a machine keeps its disks.
type data struct {
	ev    *evaluator
	block *lang.Block
	state state
	out   graph.Data
	at    string // where its own project sees it, if that is a commit and dewar brings it
}

func (ev *evaluator) dataBlock(i int) *data {
	d := ev.family.data[i]
	if d.state != waiting {
		return d
	}
	d.state = failed
	d.out = graph.Data{Name: ev.sharedPrefix(d.block) + d.block.Name, Span: d.block.Span}
	at := ev.attrs(d.block, nil, view{base: ev.dir})
	s, ok := at.text("path", "")
	external, ok2 := at.flag("external", false)
	push, ok3 := at.flag("push", true)
	if !ok || !ok2 || !ok3 {
		return d
	}
	d.out.NoPush = !push
	span := d.block.Attr("path").Span
	place := ev.place
	if external {
		place = ev.externalPlace
	}
	if !place(d, s, span) || !ev.download(d, at) || !ev.imported(d, at) || !ev.brought(d) {
		return d
	}
	d.state = good
	ev.family.same(d)
	return d
}

// place is where data of the project lies.
func (ev *evaluator) place(d *data, s string, at diag.Span) bool {
	p, slash, ok := ev.path(nil, s, at, "The data")
	if !ok {
		return false
	}
	if ev.space.Forbidden(p) {
		ev.errorf(nil, "E-path-escape", at, "The data is %s, %s.", quoteJSON(s), notGiven)
		return false
	}
	d.out.Path, d.out.Dir = p, slash
	if info, err := ev.req.Read.Lstat(p); err == nil {
		d.out.Dir = info.IsDir()
	}
	return true
}

// externalPlace is where data outside of the project lies, and where it stands in
// input roots: under its own name, so that its ending says what it is.
func (ev *evaluator) externalPlace(d *data, s string, at diag.Span) bool {
	base := path.Base(s)
	if !isAbsolute(s) || base == "/" || strings.HasSuffix(base, ":") || path.Clean(s) != strings.TrimSuffix(s, "/") || !fs.IsNFC(s) {
		ev.errorf(nil, "E-data-external", at, "The data is external, so its path is an absolute one of this machine, without . and .. in it. %s is not.", quoteJSON(s))
		return false
	}
	for _, other := range []string{"url", "from"} {
		if d.block.Attr(other) != nil {
			ev.errorf(nil, "E-data-external", d.block.Attr(other).Span, "The data is external: dewar only reads it, and does not bring it there. Leave out %s or external.", other)
			return false
		}
	}
	d.out.Host = strings.TrimSuffix(s, "/")
	d.out.Path, d.out.Dir = space.ExternalPlace(d.out.Name, base), strings.HasSuffix(s, "/")
	return true
}

// isAbsolute reports whether s is an absolute path, here or on Windows: what a
// pipeline means does not depend on where it is read.
func isAbsolute(s string) bool {
	return strings.HasPrefix(s, "/") || len(s) > 2 && s[1] == ':' && s[2] == '/'
}

// download reads url and sha256. A download without a digest could be something
// else tomorrow, and nobody would know.
func (ev *evaluator) download(d *data, at *attrs) bool {
	u, ok := at.text("url", "")
	sum, ok2 := at.text("sha256", "")
	if !ok || !ok2 {
		return false
	}
	if !at.has("url") {
		if at.has("sha256") {
			ev.errorf(nil, "E-data-url", d.block.Attr("sha256").Span, "sha256 is the digest of a download, and there is no url. The digests of other data are in pipeline.lock.")
		}
		return !at.has("sha256")
	}
	span := d.block.Attr("url").Span
	if sum == "" {
		ev.errorf(nil, "E-data-url", span, "A download needs its digest, so that everybody gets the same bytes: sha256 = \"…\". `dewar data add --url` finds it out.")
		return false
	}
	if problem := badDownload(u, sum); problem != "" {
		if !isSHA256(sum) {
			span = d.block.Attr("sha256").Span
		}
		ev.errorf(nil, "E-data-url", span, "%s", problem)
		return false
	}
	if d.out.Dir {
		ev.errorf(nil, "E-data-url", d.block.Attr("path").Span, "What is downloaded is a file, and %s is a directory.", d.out.Path)
		return false
	}
	d.out.URL, d.out.SHA256 = u, sum
	return true
}

// badDownload says what is wrong with a url and the digest of what it gives; "" if nothing is.
func badDownload(u, sum string) string {
	parsed, err := url.Parse(u)
	switch {
	case !isSHA256(sum):
		return "A sha256 is 64 hexadecimal digits in lower case, not " + quoteJSON(sum) + "."
	case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https":
		return quoteJSON(u) + " is not the address of a file: it begins with https:// or http://."
	case parsed.User != nil:
		return "The url has a password or a user in it, and this file is committed. What needs a login is for a remote: see dewar remote add."
	}
	return ""
}

func isSHA256(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// imported reads from: where data of another project comes from.
func (ev *evaluator) imported(d *data, at *attrs) bool {
	if !at.has("from") {
		return true
	}
	span := d.block.Attr("from").Span
	if at.has("url") {
		ev.errorf(nil, "E-data-from", span, "Data is either downloaded from a url or taken from another project. Leave out one of them.")
		return false
	}
	pairs, ok := at.pairs("from")
	if !ok {
		return false
	}
	for _, p := range pairs {
		switch p.Name {
		case "project":
			d.out.From.Project = p.Value
		case "path":
			d.out.From.Path = strings.TrimSuffix(p.Value, "/")
		case "rev":
			d.out.From.Rev = p.Value
		default:
			ev.errorf(nil, "E-data-from", span, "from has project, path and rev; there is no %s.", quoteJSON(p.Name))
			return false
		}
	}
	if d.out.From.Project == "" || d.out.From.Path == "" {
		ev.errorf(nil, "E-data-from", span, "from says which project and which path in it: from = { project = \"https://example.org/project.git\", path = \"data/raw.csv\", rev = \"v1.2\" }.")
		return false
	}
	return true
}

// dataPath returns data.x: the path, which carries the data's mark.
func (ev *evaluator) dataPath(name string, vw view) (cty.Value, bool) {
	i, ok := ev.byData[name]
	if !ok {
		return cty.DynamicVal, false
	}
	d := ev.dataBlock(i)
	if d.state != good {
		return cty.DynamicVal, false
	}
	return cty.StringVal(rel(vw.base, d.seenBy(ev.asker(vw)))).Mark(dataMark{int32(i)}), true
}
