package verify

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"time"
)

// unpacked reads what a decompressor yields, as far as the bounds allow.
func (c *comparer) unpacked(r io.Reader, err error) (b []byte, cut bool, fail error) {
	if err != nil {
		return nil, false, err
	}
	b, fail = io.ReadAll(io.LimitReader(r, c.unpack+1))
	if int64(len(b)) > c.unpack {
		b, cut = b[:c.unpack], true
	}
	c.unpack -= int64(len(b))
	return b, cut, fail
}

const cutNote = "it holds too much: only the beginning was unpacked and compared"

// packed compares what two compressed files hold.
func (c *comparer) packed(name, format string, a, b blob, open func(io.Reader) (io.Reader, error)) *found {
	left := c.unpack
	c.unpack = left / 2
	x, cutX, errX := c.unpacked(open(a.reader()))
	c.unpack = left / 2
	y, cutY, errY := c.unpacked(open(b.reader()))
	c.unpack = max(0, left-int64(len(x))-int64(len(y)))
	if errX != nil || errY != nil {
		return nil
	}
	if cutX || cutY {
		n := min(len(x), len(y))
		x, y = x[:n], y[:n]
	}
	f := c.blobs(name, inMemory(x), inMemory(y))
	switch {
	case f != nil:
		f.in("what the " + format + " holds")
	case cutX || cutY:
		f = &found{format: format, where: "behind the first " + fmt.Sprint(len(x)) + " bytes of what it holds"}
	default:
		f = &found{format: format, where: "only how it is compressed"}
		c.report.evidence.compressed = true
	}
	if cutX || cutY {
		f.note = cutNote
	}
	return f
}

func inMemory(b []byte) blob { return blob{bytes.NewReader(b), int64(len(b))} }

// gzip compares the headers, and then what is packed.
func (c *comparer) gzip(name string, a, b blob) *found {
	x, errX := gzip.NewReader(a.reader())
	y, errY := gzip.NewReader(b.reader())
	if errX != nil || errY != nil {
		return nil
	}
	inner := c.packed(name, "gzip", a, b, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	if x.ModTime.Equal(y.ModTime) && x.Name == y.Name {
		return inner
	}
	f := &found{format: "gzip", where: "the modification time in the header",
		excerpt: []string{"- " + stampText(x.ModTime), "+ " + stampText(y.ModTime)}}
	if !x.ModTime.Equal(y.ModTime) {
		c.report.evidence.archive("gzip", "the header of a gzip file")
	} else {
		f.where, f.excerpt = "the file name in the header", []string{"- " + clip(x.Name, 0), "+ " + clip(y.Name, 0)}
		c.report.evidence.pair(x.Name, y.Name, "")
	}
	if inner != nil && inner.where != "only how it is compressed" {
		return inner // what it holds says more
	}
	c.report.evidence.compressed = false
	return f
}

func (c *comparer) bzip2(name string, a, b blob) *found {
	return c.packed(name, "bzip2", a, b, func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil })
}

func (c *comparer) zlib(name string, a, b blob) *found {
	return c.packed(name, "zlib", a, b, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// zip compares member by member; metadata only matters if all members hold the same.
func (c *comparer) zip(_ string, a, b blob) *found {
	x, errX := zip.NewReader(a.section(), a.size)
	y, errY := zip.NewReader(b.section(), b.size)
	if errX != nil || errY != nil || len(x.File) > maxMembers || len(y.File) > maxMembers {
		return nil
	}
	var first *found
	byName := make(map[string]*zip.File, len(y.File))
	for _, f := range y.File {
		byName[f.Name] = f
	}
	var namesX, namesY []string
	for _, f := range x.File {
		namesX = append(namesX, f.Name)
		g := byName[f.Name]
		if g == nil {
			first = orElse(first, &found{format: "zip", where: "it has the member " + clip(f.Name, 0) + " no more"})
			continue
		}
		if f.CRC32 == g.CRC32 && f.UncompressedSize64 == g.UncompressedSize64 {
			continue
		}
		if d := c.member(f, g); d != nil {
			first = orElse(first, d)
		}
	}
	for _, f := range y.File {
		namesY = append(namesY, f.Name)
	}
	if reordered(namesX, namesY) {
		c.report.evidence.order("members of an archive", namesX)
		c.report.evidence.files = true
		first = orElse(first, orderOf("zip", namesX, namesY))
	} else if len(namesY) > len(namesX) {
		first = orElse(first, &found{format: "zip", where: fmt.Sprintf("%d members, then %d", len(namesX), len(namesY))})
	}
	for i, f := range x.File {
		if g := byName[f.Name]; g != nil && !f.Modified.Equal(g.Modified) {
			c.report.evidence.archive("zip", "the modification times of the members of a zip file")
			return orElse(first, &found{format: "zip", where: "the modification time of the member " + clip(x.File[i].Name, 0),
				excerpt: []string{"- " + stampText(f.Modified), "+ " + stampText(g.Modified)}})
		}
	}
	return first
}

func orderOf(format string, x, y []string) *found {
	i := 0
	for i < len(x)-1 && x[i] == y[i] {
		i++
	}
	return &found{format: format, where: fmt.Sprintf("member %d, the same members in another order", i), excerpt: []string{"- " + clip(x[i], 0), "+ " + clip(y[i], 0)}}
}

// member compares two members of a zip.
func (c *comparer) member(f, g *zip.File) *found {
	open := func(f *zip.File) ([]byte, bool, error) {
		r, err := f.Open()
		if err != nil {
			return nil, false, err
		}
		defer r.Close()
		return c.unpacked(r, nil)
	}
	x, cutX, errX := open(f)
	y, cutY, errY := open(g)
	if errX != nil || errY != nil || cutX || cutY {
		return &found{format: "zip", where: "the member " + clip(f.Name, 0), note: cutNote}
	}
	d := c.blobs(f.Name, inMemory(x), inMemory(y))
	if d == nil {
		return nil
	}
	return d.in(clip(f.Name, 0))
}

// tar compares two archives member by member, as they stand. The bytes of members are kept
// only while both stand at the same place; who is elsewhere is known by a sum.
func (c *comparer) tar(_ string, a, b blob) *found {
	x, y := tar.NewReader(a.reader()), tar.NewReader(b.reader())
	var first, metadata *found
	var namesX, namesY []string
	for n := 0; n < maxMembers; n++ {
		h, errX := x.Next()
		g, errY := y.Next()
		if errX == io.EOF && errY == io.EOF {
			break
		}
		if errX != nil && errX != io.EOF || errY != nil && errY != io.EOF {
			return orElse(first, metadata)
		}
		if h != nil && errX == nil {
			namesX = append(namesX, h.Name)
		}
		if g != nil && errY == nil {
			namesY = append(namesY, g.Name)
		}
		if errX != nil || errY != nil || h.Name != g.Name {
			continue
		}
		if d := c.tarHeader(h, g); d != nil {
			metadata = orElse(metadata, d)
		}
		if first == nil {
			first = c.tarMember(h.Name, x, y)
		}
	}
	if reordered(namesX, namesY) {
		c.report.evidence.order("members of an archive", namesX)
		c.report.evidence.files = true
		return orElse(first, orderOf("tar", namesX, namesY))
	}
	if first == nil && len(namesX) != len(namesY) {
		return &found{format: "tar", where: fmt.Sprintf("%d members, then %d", len(namesX), len(namesY))}
	}
	return orElse(first, metadata)
}

// tarHeader compares what is said of a member.
func (c *comparer) tarHeader(h, g *tar.Header) *found {
	differ := func(what, was, now string) *found {
		return &found{format: "tar", where: what + " of the member " + clip(h.Name, 0), excerpt: []string{"- " + was, "+ " + now}}
	}
	switch {
	case !h.ModTime.Equal(g.ModTime):
		c.report.evidence.archive("tar", "the modification times of the members of a tar file")
		return differ("the modification time", stampText(h.ModTime), stampText(g.ModTime))
	case h.Mode != g.Mode:
		return differ("the mode", fmt.Sprintf("%o", h.Mode), fmt.Sprintf("%o", g.Mode))
	case h.Uid != g.Uid || h.Gid != g.Gid || h.Uname != g.Uname || h.Gname != g.Gname:
		return differ("the owner", fmt.Sprintf("%d:%d %s:%s", h.Uid, h.Gid, h.Uname, h.Gname), fmt.Sprintf("%d:%d %s:%s", g.Uid, g.Gid, g.Uname, g.Gname))
	case h.Linkname != g.Linkname:
		return differ("the link", h.Linkname, g.Linkname)
	}
	return nil
}

// tarMember compares the bytes of two members.
func (c *comparer) tarMember(name string, x, y io.Reader) *found {
	left := c.unpack
	c.unpack = left / 2
	b1, cutX, errX := c.unpacked(x, nil)
	c.unpack = left / 2
	b2, cutY, errY := c.unpacked(y, nil)
	if errX != nil || errY != nil {
		return nil
	}
	if c.unpack = left; bytes.Equal(b1, b2) && !cutX && !cutY { // they are not kept
		return nil
	}
	if cutX || cutY {
		if sum(b1, x) == sum(b2, y) {
			return nil
		}
		return &found{format: "tar", where: "the member " + clip(name, 0), note: cutNote}
	}
	d := c.blobs(name, inMemory(b1), inMemory(b2))
	if d == nil {
		return nil
	}
	return d.in(clip(name, 0))
}

// sum adds up a beginning and all that follows it.
func sum(head []byte, rest io.Reader) uint64 {
	var h hash.Hash64 = fnv.New64a()
	h.Write(head)
	_, _ = io.Copy(h, rest)
	return h.Sum64()
}
