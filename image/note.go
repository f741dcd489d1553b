package image

import (
	"encoding/json"
	"errors"
	"fmt"
	iofs "io/fs"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Note says what became of an image in the store: images/<hash>-linux-<arch>.json. Its modification time
// is when the image was last used. Whoever brings an image does not believe the note: what it names has
// to be there.
type Note struct {
	Image    string        `json:"image"`         // the digest that names it
	Kind     string        `json:"kind"`          // what that is of: "manifest", "index" or "config"
	Manifest string        `json:"manifest"`      // the digest of this platform's manifest, or of the configuration where there is no manifest
	Platform string        `json:"platform"`      // "linux/amd64"
	Ref      string        `json:"ref"`           // where it was found, without the digest
	Tree     digest.Digest `json:"tree"`          // the directory that is its root filesystem
	Files    int           `json:"files"`         // in that
	Bytes    int64         `json:"bytes"`         // of those files
	Env      []string      `json:"env,omitempty"` // of its configuration
	Brought  time.Time     `json:"brought"`
	Used     time.Time     `json:"-"`
}

func (c *Cache) dir() string { return c.Store.Root() + "/images" }

// file is where the note of an image is.
func (c *Cache) file(sum string) string {
	return c.dir() + "/" + noteName(sum, c.Platform())
}

func noteName(sum, platform string) string {
	return strings.TrimPrefix(sum, "sha256:") + "-" + strings.ReplaceAll(platform, "/", "-") + ".json"
}

// note returns the note of an image, nil if there is none that can be read.
func (c *Cache) note(sum string) (*Note, error) {
	n, err := c.readNote(c.file(sum))
	if err != nil || n == nil || n.Image != sum || n.Platform != c.Platform() {
		return nil, err
	}
	return n, nil
}

func (c *Cache) readNote(name string) (*Note, error) {
	fsys := c.Store.FS()
	info, err := fsys.Lstat(name)
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, nil
	}
	var b []byte
	if err == nil {
		b, err = fs.ReadFile(fsys, name)
	}
	if err != nil {
		return nil, fmt.Errorf("read note of image: %w", err)
	}
	n := &Note{}
	if json.Unmarshal(b, n) != nil || n.Tree.IsZero() {
		return nil, nil // it is written anew
	}
	n.Used = time.Unix(0, info.MTime)
	return n, nil
}

func (c *Cache) putNote(n *Note) error {
	b, err := json.Marshal(n)
	if err == nil {
		err = c.Store.KeepFile("images/"+noteName(n.Image, n.Platform), append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write note of image: %w", err)
	}
	n.Used = c.Now()
	return nil
}

// used notes the use of an image. At worst it is collected early.
func (c *Cache) used(n *Note) {
	if now := c.Now(); now.Sub(n.Used) > time.Hour {
		n.Used = now
		_ = c.Store.FS().Chtimes(c.file(n.Image), now)
	}
}

// Notes returns what is noted of all images, of all platforms, sorted by where they came from.
func (c *Cache) Notes() ([]Note, error) {
	entries, err := c.Store.FS().ReadDir(c.dir())
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Note
	for _, e := range entries {
		if !strings.HasSuffix(e.Name, ".json") {
			continue
		}
		n, err := c.readNote(c.dir() + "/" + e.Name)
		if err != nil {
			return nil, err
		}
		if n != nil && e.Name == noteName(n.Image, n.Platform) {
			out = append(out, *n)
		}
	}
	slices.SortStableFunc(out, func(a, b Note) int { return strings.Compare(a.Ref, b.Ref) })
	return out, nil
}

// Forget removes the notes of images that the store has no more.
func (c *Cache) Forget() error {
	notes, err := c.Notes()
	if err != nil {
		return err
	}
	for _, n := range notes {
		if c.Store.Has(n.Tree) {
			continue
		}
		err = errors.Join(err, c.Store.FS().Remove(c.dir()+"/"+noteName(n.Image, n.Platform)))
	}
	return err
}
