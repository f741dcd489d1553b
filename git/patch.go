package git

import "context"

// The trees that hold nothing, which git knows without having them.
const (
	emptyTree1   = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	emptyTree256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
)

// Patch returns what changed in the tracked files below the project since HEAD, or
// since nothing if there is no commit, as `git apply` takes it, anywhere in the work
// tree: its paths begin at the top of that. Nothing changed: it is empty.
func (r *Repo) Patch(ctx context.Context) ([]byte, error) {
	base, err := r.base(ctx)
	if err != nil {
		return nil, err
	}
	return r.git(ctx, diffIndex("--patch", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color",
		"--unified=3", "--inter-hunk-context=0", "--diff-algorithm=myers", "--indent-heuristic", "--submodule=short",
		"--src-prefix=a/", "--dst-prefix=b/", base, "--", ".")...)
}

// base is what the work tree is compared with: HEAD, or nothing.
func (r *Repo) base(ctx context.Context) (string, error) {
	id, err := r.verify(ctx, "HEAD")
	if err != nil || id != "" {
		return id, err
	}
	if r.sha256 {
		return emptyTree256, nil
	}
	return emptyTree1, nil
}

// diffIndex compares the work tree with a commit. It is plumbing, which writes no
// index as `git diff` does; the settings that reach it all the same have git's defaults.
func diffIndex(args ...string) []string {
	var argv []string
	for _, s := range []string{
		"diff.noprefix=false", "diff.mnemonicPrefix=false", "diff.relative=false", "diff.orderFile=/dev/null",
		"diff.suppressBlankEmpty=false", "diff.wsErrorHighlight=none", "diff.colorMoved=no", "core.safecrlf=false",
	} {
		argv = append(argv, "-c", s)
	}
	return append(append(argv, "diff-index", "--find-renames=50%", "-l1000", "--ignore-submodules=dirty"), args...)
}
