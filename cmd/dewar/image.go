package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/image"
	"github.com/spf13/cobra"
)

func (c *cli) image() *cobra.Command {
	cmd := &cobra.Command{
		Use: "image", Short: "Look up, bring and list images",
		Long: `An image is the root filesystem of a stage with isolation = "image". It is named by digest, so that it stays
the same: python:3.12@sha256:… in a registry, oci:DIR@sha256:… in an OCI layout, tar:FILE@sha256:… in an
archive of one or what docker save writes. It is brought into the cache once, when the first command
needs it.`,
	}
	cmd.AddCommand(c.imageResolve(), c.imagePull(), c.imageList())
	return cmd
}

func (c *cli) imageResolve() *cobra.Command {
	return &cobra.Command{
		Use: "resolve REF", Short: "Print an image with the digest that it has now", Args: cobra.ExactArgs(1),
		Long: `Asks where the image lies which one it is now, and prints it as a pipeline names it. The digest is that of
the index, if the image is one for several platforms; else of its manifest; in what docker save writes
without manifests, of its configuration, which Docker calls the image ID.`,
		Example: "  dewar image resolve python:3.12\n  dewar image resolve oci:build/layout",
		RunE: func(_ *cobra.Command, args []string) error {
			ref, err := dewar.ImageRef(args[0], c.dir)
			if err != nil {
				return err
			}
			return c.project(func(p *dewar.Project, _ string) error {
				f, err := p.ResolveImage(c.ctx, ref)
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(f)
				}
				c.printf("%s\n", f.Ref)
				if !c.quiet {
					fmt.Fprintln(c.err, aboutImage(f))
				}
				return nil
			})
		},
	}
}

// aboutImage says what a digest is of.
func aboutImage(f *dewar.ImageFound) string {
	text := fmt.Sprintf("the manifest of an image for %s", f.Platform)
	switch f.Kind {
	case "index":
		text = fmt.Sprintf("an index for %s; that of %s is %s", strings.Join(f.Platforms, ", "), f.Platform, f.Manifest)
	case "config":
		text = fmt.Sprintf("the configuration of an image for %s: the archive has no manifest", f.Platform)
	}
	if f.Bytes > 0 {
		text += ", " + size(f.Bytes)
	}
	if f.Cached {
		text += "; the cache has it"
	}
	return text
}

func (c *cli) imagePull() *cobra.Command {
	return &cobra.Command{
		Use: "pull [REF@sha256:…...]", Short: "Bring images into the cache: those named, or all of the pipeline",
		Example: "  dewar image pull\n  dewar image pull python:3.12@sha256:…",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
					if err := p.NoteImages(ev); err != nil {
						return err
					}
					return c.pullImages(p, p.ImagesOf(ev))
				})
			}
			var refs []image.Ref
			for _, a := range args {
				ref, err := dewar.ImageRef(a, c.dir)
				if err != nil {
					return err
				}
				if ref.Digest == "" {
					return usage("E-image-digest", "%s says where to look, and not which image: `dewar image resolve %s` prints it with its digest.", a, a)
				}
				refs = append(refs, ref)
			}
			return c.project(func(p *dewar.Project, _ string) error { return c.pullImages(p, refs) })
		},
	}
}

// pulledJSON is an image that was to be brought.
type pulledJSON struct {
	dewar.ImageInfo
	New bool `json:"new"` // it was not there before
}

func (c *cli) pullImages(p *dewar.Project, refs []image.Ref) error {
	list := []pulledJSON{}
	var failed diag.List // one that cannot be had keeps nobody from the others
	for _, ref := range refs {
		info, brought, err := p.PullImage(c.ctx, ref, func(done, total int64) { c.progressLine(shortImage(ref), done, total) })
		c.endLine()
		var said *diag.Failure
		if errors.As(err, &said) && c.ctx.Err() == nil {
			failed = append(failed, said.List...)
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, pulledJSON{*info, brought})
		if !c.json {
			word := "brought"
			if !brought {
				word = "there already"
			}
			c.printf("%s: %s (%s)\n", word, ref, filesText(int64(info.Files), info.Bytes))
		}
	}
	if c.json {
		if err := c.printJSON(map[string]any{"images": list}); err != nil {
			return err
		}
	} else if len(refs) == 0 {
		c.printf("the pipeline names no images\n")
	}
	return failed.Err()
}

// shortImage is an image without its digest.
func shortImage(ref image.Ref) string {
	ref.Digest = ""
	return ref.String()
}

func (c *cli) imageList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the images in the cache", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				list, err := p.Images()
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(map[string]any{"images": list})
				}
				if len(list) == 0 {
					c.printf("no images\n")
				}
				for _, i := range list {
					c.printf("%s@%s\n    %s, %s, last used %s%s\n", i.Ref, i.Digest, i.Platform, filesText(int64(i.Files), i.Bytes),
						i.Used.Local().Format("2006-01-02"), imageState(i))
				}
				return nil
			})
		},
	}
}

func imageState(i dewar.ImageInfo) string {
	switch {
	case !i.Whole:
		return "; not all of it is there any more"
	case !i.Named:
		return "; no pipeline names it, so `dewar gc` may remove it"
	}
	return ""
}
