package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Scope says which commits to look at.
type Scope struct {
	Branches bool // what branches point at, those of other repositories that were fetched too; HEAD; stashes
	Tags     bool // what tags point at
	Commits  bool // every commit that there is, those that only the reflog knows included
}

// Versions calls each for every version of the files of the project that are
// called name, in the commits of a scope: once for each that differs from all others,
// in no order. Git is asked a few times however many commits there are.
func (r *Repo) Versions(ctx context.Context, name string, s Scope, each func(b []byte) error) error {
	paths, blobs, err := r.everBlobs(ctx, name)
	if err != nil || len(blobs) == 0 {
		return err
	}
	if !s.Commits {
		tips, err := r.scopeTips(ctx, s)
		if err != nil {
			return err
		}
		if blobs, err = r.blobsAt(ctx, tips, paths); err != nil {
			return err
		}
	}
	return r.batch(ctx, "--batch", blobs, func(_ string, b []byte) error {
		if b == nil {
			return nil // a shallow or partial clone lacks it
		}
		return each(b)
	})
}

// everBlobs returns where files called name have ever been, from the top of the
// work tree, and the blobs that they have ever been.
func (r *Repo) everBlobs(ctx context.Context, name string) (paths, blobs []string, err error) {
	args := []string{"-c", "log.follow=false", "log", "--no-show-signature", "--all", "--reflog", "--full-history", "-m", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--format="}
	if id, err := r.verify(ctx, "HEAD"); err != nil {
		return nil, nil, err
	} else if id != "" {
		args = append(args, id)
	}
	out, err := r.git(ctx, append(args, "--", "*"+name)...)
	if err != nil {
		return nil, nil, err
	}
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i++ {
		head := strings.Fields(strings.TrimLeft(fields[i], "\n"))
		if len(head) != 5 || !strings.HasPrefix(head[0], ":") {
			continue
		}
		i++
		if at := fields[i]; path.Base(at) == name && !strings.Contains(at, "\n") {
			paths, blobs = append(paths, at), append(blobs, head[2], head[3])
		}
	}
	blobs = slices.DeleteFunc(blobs, func(id string) bool { return strings.Trim(id, "0") == "" })
	return distinct(paths), distinct(blobs), nil
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// scopeTips returns the commits that a scope begins with.
func (r *Repo) scopeTips(ctx context.Context, s Scope) ([]string, error) {
	var kinds, tips []string
	if s.Branches {
		kinds = append(kinds, "refs/heads", "refs/remotes")
		id, err := r.verify(ctx, "HEAD")
		if err != nil {
			return nil, err
		}
		if id != "" {
			tips = append(tips, id)
		}
		stashes, err := r.stashes(ctx)
		if err != nil {
			return nil, err
		}
		tips = append(tips, stashes...)
	}
	if s.Tags {
		kinds = append(kinds, "refs/tags")
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	refs, err := r.refs(ctx, briefFields, kinds...)
	if err != nil {
		return nil, err
	}
	for _, f := range refs {
		tips = append(tips, f.commit.ID)
	}
	return distinct(tips), nil
}

// stashes returns the commits of all stashes: the reference is the last, the others are in its reflog.
func (r *Repo) stashes(ctx context.Context) ([]string, error) {
	if id, err := r.verify(ctx, "refs/stash"); err != nil || id == "" {
		return nil, err
	}
	out, err := r.git(ctx, "log", "-g", "--no-show-signature", "--format=%H", "refs/stash", "--")
	return strings.Fields(string(out)), err
}

// blobsAt returns the blobs that commits have at paths.
func (r *Repo) blobsAt(ctx context.Context, commits, paths []string) ([]string, error) {
	var names, blobs []string
	for _, c := range commits {
		for _, at := range paths {
			names = append(names, c+":"+at)
		}
	}
	err := r.batch(ctx, "--batch-check", names, func(id string, _ []byte) error {
		if id != "" {
			blobs = append(blobs, id)
		}
		return nil
	})
	return distinct(blobs), err
}

// batch asks git for objects, all with one process. Of what is not there, or is no blob, id is
// "" and the bytes are nil. The bytes are each's only until it returns.
func (r *Repo) batch(ctx context.Context, how string, names []string, each func(id string, b []byte) error) error {
	if len(names) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	argv := slices.Concat([]string{"git"}, r.place, []string{"--no-optional-locks", "--no-replace-objects", "cat-file", how})
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n") + "\n")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	err = readBatch(bufio.NewReaderSize(out, 1<<16), len(names), how == "--batch", each)
	if err != nil {
		cancel() // it may be writing still
	}
	if werr := cmd.Wait(); err == nil && werr != nil {
		err = fmt.Errorf("git cat-file: %w: %s", werr, bytes.TrimSpace(said.Bytes()))
	}
	return err
}

func readBatch(in *bufio.Reader, n int, bodies bool, each func(id string, b []byte) error) error {
	var buf []byte
	for range n {
		line, err := in.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git cat-file ended early: %w", errors.Join(err, io.ErrUnexpectedEOF))
		}
		id, kind, size, ok := batchHead(line)
		if !ok {
			if err := each("", nil); err != nil {
				return err
			}
			continue
		}
		if bodies {
			buf = slices.Grow(buf[:0], size+1)[:size+1] // a newline follows
			if _, err := io.ReadFull(in, buf); err != nil {
				return fmt.Errorf("git cat-file ended early: %w", err)
			}
		}
		var b []byte
		switch {
		case kind != "blob":
			id = ""
		case bodies:
			b = buf[:size]
		}
		if err := each(id, b); err != nil {
			return err
		}
	}
	return nil
}

// batchHead reads "ID TYPE SIZE"; false if the object is missing.
func batchHead(line string) (id, kind string, size int, ok bool) {
	f := strings.Fields(line)
	if len(f) != 3 || !isHex(f[0]) {
		return "", "", 0, false
	}
	size, err := strconv.Atoi(f[2])
	return f[0], f[1], size, err == nil && size >= 0
}
