package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Status says how a file of the work tree differs from the commit.
type Status uint8

// The states of a changed file.
const (
	Modified  Status = iota + 1 // other bytes, mode or kind; in a merge, undecided
	Added                       // git tracks it, the commit has not got it
	Deleted                     // the commit has it, the work tree or the index not
	Renamed                     // the commit has it as Change.From, with much the same bytes
	Untracked                   // git does not track it, and does not ignore it
)

func (s Status) String() string {
	switch s {
	case Modified:
		return "modified"
	case Added:
		return "added"
	case Deleted:
		return "deleted"
	case Renamed:
		return "renamed"
	case Untracked:
		return "untracked"
	default:
		return "unchanged"
	}
}

// Change is a file of the project that is not as HEAD has it.
type Change struct {
	Path   string // project-relative; of a repository inside the project, its directory
	From   string // the former path of what is renamed
	Status Status
}

// Changes compares the work tree with HEAD, below the project, sorted by path.
// Submodules count as changed if they are at another commit.
//
// Two commands are asked. diff-index makes the one comparison that is wanted, with
// renames, but takes every file for changed that has another time; status looks into
// those, but makes two comparisons, of the index with HEAD and of the work tree with
// the index. What both name has changed.
func (r *Repo) Changes(ctx context.Context) ([]Change, error) {
	base, err := r.base(ctx)
	if err != nil {
		return nil, err
	}
	differs, err := r.git(ctx, diffIndex("--relative", "--name-status", "-z", base, "--", ".")...)
	if err != nil {
		return nil, err
	}
	state, err := r.git(ctx, "-c", "status.showStash=false", "status", "--porcelain=v2", "-z", "--untracked-files=all",
		"--ignored=no", "--ignore-submodules=dirty", "--no-renames", "--no-ahead-behind", "--", ".")
	if err != nil {
		return nil, err
	}
	found, err := parseDiffers(split(differs))
	if err != nil {
		return nil, fmt.Errorf("git diff-index: %w", err)
	}
	looked, err := r.parseState(split(state))
	if err != nil {
		return nil, fmt.Errorf("git status: %w", err)
	}
	return merge(found, looked), nil
}

func split(out []byte) []string {
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// parseDiffers reads the records of diff-index: a letter, and a path, or two.
func parseDiffers(fields []string) (map[string]Change, error) {
	found := map[string]Change{}
	for i := 0; i < len(fields); i++ {
		names, letter := 1, fields[i]
		if letter != "" && (letter[0] == 'R' || letter[0] == 'C') {
			names = 2
		}
		if letter == "" || i+names >= len(fields) {
			return nil, fmt.Errorf("cannot read %q", letter)
		}
		i += names
		c := Change{Path: fields[i], Status: Modified}
		switch letter[0] {
		case 'A', 'C':
			c.Status = Added
		case 'D':
			c.Status = Deleted
		case 'R':
			c.Status, c.From = Renamed, fields[i-1]
		case 'U': // of a merge; what it is besides stands in a record of its own
			if _, ok := found[c.Path]; ok {
				continue
			}
		}
		found[c.Path] = c
	}
	return found, nil
}

// parseState reads the records of status: which files are not as they were, and
// how many fields before the path are of no interest.
func (r *Repo) parseState(records []string) (map[string]Status, error) {
	found := map[string]Status{}
	for _, record := range records {
		if record == "" || record[0] == '#' {
			continue
		}
		fields := strings.SplitN(record, " ", map[byte]int{'1': 9, 'u': 11, '?': 2}[record[0]])
		if len(fields) < 2 {
			return nil, fmt.Errorf("cannot read %q", record)
		}
		name := r.relative(fields[len(fields)-1])
		if record[0] != '?' {
			found[name] = max(found[name], Modified)
		} else {
			found[name] = Untracked
		}
	}
	return found, nil
}

// merge keeps what was looked at and does differ, and adds what is untracked.
func merge(found map[string]Change, looked map[string]Status) []Change {
	var list []Change
	for name, c := range found {
		if looked[name] == Untracked { // git was told to forget it: HEAD has it, and it is there
			c = Change{Path: name, Status: Modified}
		}
		if looked[name] != 0 {
			list = append(list, c)
		}
	}
	for name, s := range looked {
		if _, ok := found[name]; !ok && s == Untracked {
			list = append(list, Change{Path: name, Status: Untracked})
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// relative makes a path of the work tree one of the project. A repository inside
// the project is named with a slash at its end.
func (r *Repo) relative(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(name, r.prefix), "/")
}

// Tracks reports whether Git tracks the file name, or something below the directory name.
func (r *Repo) Tracks(ctx context.Context, name string) (bool, error) {
	out, err := r.git(ctx, "ls-files", "-z", "--", ":(top,literal)"+r.prefix+name)
	return len(out) > 0, err
}
