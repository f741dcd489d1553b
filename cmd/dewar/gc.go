package main

import (
	"bufio"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/config"
	"github.com/spf13/cobra"
)

// gcFlags are the flags of gc.
type gcFlags struct {
	workspace, branches, tags, commits, experiments bool
	size, older, records                            string
	data, dryRun, force                             bool
	forget                                          []string
}

func (c *cli) gc() *cobra.Command {
	var f gcFlags
	cmd := &cobra.Command{
		Use: "gc", Short: "Remove from the cache what nothing names any more",
		Long: `Removes results, and whatever else lies in the cache, that nothing names any more. What the locks of the
workspace and pins name always stays. Besides, unless some of -w, -a, -T, -A and -e say otherwise, what the
last commits of branches, tags and experiments name. In a cache that several projects share, all of them count.

It shows what would go, and how long it took to make, before anything does. Tracked data that nothing
names any more cannot be made again: it is listed, and removed only with --data.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.collect(cmd, &f) },
	}
	fl := cmd.Flags()
	fl.BoolVarP(&f.workspace, "workspace", "w", false, "keep what the workspace names, and nothing else that is not asked for")
	fl.BoolVarP(&f.branches, "all-branches", "a", false, "keep what the last commits of branches name")
	fl.BoolVarP(&f.tags, "all-tags", "T", false, "keep what tags name")
	fl.BoolVarP(&f.commits, "all-commits", "A", false, "keep what any commit names")
	fl.BoolVarP(&f.experiments, "experiments", "e", false, "keep what experiments name")
	fl.StringVar(&f.size, "size", "", "remove only until the cache is no larger than `SIZE`: 50GB (default: the limit of the cache block)")
	fl.StringVar(&f.older, "older", "", "remove only what was not used for a `TIME`: 30d")
	fl.StringVar(&f.records, "records", "90d", "remove records of runs older than a `TIME`, but for the last of each instance, and their logs")
	fl.BoolVar(&f.data, "data", false, "remove tracked data that nothing names any more")
	fl.StringArrayVar(&f.forget, "forget", nil, "a project that used the cache and is gone: its `ROOT`")
	fl.BoolVar(&f.dryRun, "dry-run", false, "only show what would be removed")
	fl.BoolVarP(&f.force, "force", "f", false, "do not ask")
	fl.BoolVarP(&f.force, "yes", "y", false, "the same")
	return cmd
}

func (c *cli) collect(cmd *cobra.Command, f *gcFlags) error {
	p, _, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	o, err := f.options(cmd, p, c.dir)
	if err != nil {
		return err
	}
	asked := false
	if c.live {
		o.Progress = func(a dewar.Amount) {
			fmt.Fprintf(c.err, "\r\x1b[K%s removed, %s", counted(a.Count, "file"), size(a.Bytes))
		}
	}
	rep, err := p.GC(c.ctx, o, func(rep *dewar.GCReport) (bool, error) {
		asked = true
		if !c.json {
			c.printGarbage(rep, f.force)
		}
		if f.force {
			return true, nil
		}
		return c.agree(rep)
	})
	if c.live && rep != nil && rep.Removed.Count > 0 {
		fmt.Fprint(c.err, "\r\x1b[K")
	}
	c.say(p.Warnings())
	if rep == nil {
		return err
	}
	switch {
	case c.json && err == nil:
		return c.printJSON(rep)
	case c.json:
	case o.DryRun:
		c.printGarbage(rep, false)
	case !asked:
		c.printf("nothing to remove: %s\n", cacheSize(rep))
		c.printData(rep, "would go")
	case rep.Removed.Count > 0 || err == nil:
		c.printf("%s removed, %s\n", counted(rep.Removed.Count, "file"), size(rep.Removed.Bytes))
	}
	return err
}

// options reads the flags.
func (f *gcFlags) options(cmd *cobra.Command, p *dewar.Project, dir string) (dewar.GCOptions, error) {
	o := dewar.GCOptions{Data: f.data, DryRun: f.dryRun, Size: p.Config().Cache.Limit}
	if f.workspace || f.branches || f.tags || f.commits || f.experiments {
		o.Scope = &dewar.GCScope{Branches: f.branches, Tags: f.tags, Commits: f.commits, Experiments: f.experiments}
	}
	for _, root := range f.forget {
		if !filepath.IsAbs(root) {
			root = filepath.Join(dir, root)
		}
		o.Forget = append(o.Forget, filepath.Clean(root))
	}
	if cmd.Flags().Changed("size") {
		n, ok := config.ParseSize(f.size)
		if !ok && f.size != "0" {
			return o, usage("E-usage", "--size is a number and a unit, as 50GB or 500MiB, not %q.", f.size)
		}
		o.Size = n
	}
	for _, age := range []struct {
		flag, text string
		to         *time.Duration
	}{{"older", f.older, &o.Older}, {"records", f.records, &o.Records}} {
		if age.text == "" {
			continue
		}
		d, ok := parseAge(age.text)
		if !ok {
			return o, usage("E-usage", "--%s is a time, as 30d, 12h or 2w, not %q.", age.flag, age.text)
		}
		*age.to = d
	}
	return o, nil
}

// parseAge reads a number of hours, days or weeks.
func parseAge(s string) (time.Duration, bool) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if s == "" || units[s[len(s)-1]] == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	return time.Duration(n) * units[s[len(s)-1]], err == nil && n > 0 && n < 100_000
}

// agree asks whether to go on. Where nobody can answer, nothing goes.
func (c *cli) agree(rep *dewar.GCReport) (bool, error) {
	if c.terminal(c.stdin) && c.terminal(c.stderr) && !c.json {
		fmt.Fprintf(c.err, "Remove %s? [y/N] ", size(rep.Removes().Bytes))
		line, _ := bufio.NewReader(c.stdin).ReadString('\n')
		if answer := strings.ToLower(strings.TrimSpace(line)); answer == "y" || answer == "yes" {
			return true, nil
		}
		fmt.Fprintln(c.err, "nothing was removed")
		return false, exit(exitDone)
	}
	return false, usage("E-gc-confirm", "Nothing was removed: `dewar gc` removes things only when it is told to. --dry-run shows what it would remove; --force removes it.")
}

// cacheSize says how much there is, and how much of it is named.
func cacheSize(rep *dewar.GCReport) string {
	return fmt.Sprintf("the cache has %s in %s", size(rep.Before.Bytes), counted(rep.Before.Count, "file"))
}

// printGarbage shows what a collection found, and whether it goes.
func (c *cli) printGarbage(rep *dewar.GCReport, goes bool) {
	c.printf("%s; kept is what %s\n", cacheSize(rep), named(rep))
	rows := []struct {
		what string
		n    int
		size int64
		more string
	}{
		{"result", len(rep.Results), rep.Freed.Bytes, "; to make them again took " + took(rep.Rebuild)},
		{"blob of no result", rep.Loose.Count, rep.Loose.Bytes, ""},
		{"executable copy", rep.Copies.Count, rep.Copies.Bytes, ""},
		{"materialized directory", rep.Trees, 0, ""},
		{"stale file", rep.Stale.Count, rep.Stale.Bytes, ": set aside long ago, or fetched by half"},
		{"old record of a run", rep.Records, 0, ""},
		{"commit of a module", len(rep.Modules), 0, ": no pipeline of the workspace names it"},
	}
	verb := "would go"
	if goes {
		verb = "goes"
	}
	none := true
	for _, r := range rows {
		if r.n == 0 {
			continue
		}
		none = false
		bytes := ""
		if r.size > 0 {
			bytes = ", " + size(r.size)
		}
		c.printf("%s: %s%s%s\n", verb, plural(r.n, r.what), bytes, r.more)
	}
	const shown = 5
	same := map[string]int{} // the uses of a module make their outputs at one place
	for _, r := range rep.Results {
		same[r.Output]++
	}
	for i, r := range rep.Results {
		if i == shown {
			c.printf("    and %d more\n", len(rep.Results)-shown)
			break
		}
		name := r.Output
		if same[name] > 1 {
			name += ", action " + r.Action[:min(len(r.Action), 8)]
		}
		c.printf("    %s, %s, last used %s\n", name, size(r.Bytes), r.Used.Local().Format("2006-01-02"))
	}
	for _, x := range rep.Images {
		c.printf("    the image %s, %s, last used %s; its files are among the blobs of no result\n", x.Ref, size(x.Bytes), x.Used.Local().Format("2006-01-02"))
	}
	c.printData(rep, verb)
	if none && !(len(rep.Data) > 0) {
		c.printf("nothing to remove\n")
	}
	if rep.InUse.Count > 0 {
		c.printf("stays: %s, %s, for other dewar processes are at work\n", counted(rep.InUse.Count, "blob"), size(rep.InUse.Bytes))
	}
}

// printData lists data that nothing names any more.
func (c *cli) printData(rep *dewar.GCReport, verb string) {
	if len(rep.Data) == 0 {
		return
	}
	if rep.DataGoes {
		c.printf("%s, and nothing can make it again:\n", verb)
	} else {
		c.printf("stays, for nothing could make it again (--data removes it):\n")
	}
	for _, d := range rep.Data {
		c.printf("    data.%s, %s, %s\n", d.Name, d.Path, size(d.Bytes))
	}
}

// named says what was taken to name things.
func named(rep *dewar.GCReport) string {
	parts := []string{"the workspace"}
	for _, s := range []struct {
		on   bool
		name string
	}{
		{rep.Scope.Branches && !rep.Scope.Commits, "branches"}, {rep.Scope.Tags && !rep.Scope.Commits, "tags"},
		{rep.Scope.Commits, "all commits"}, {rep.Scope.Experiments, "experiments"},
	} {
		if s.on {
			parts = append(parts, s.name)
		}
	}
	text := strings.Join(parts[:len(parts)-1], ", ")
	if text != "" {
		text += " and "
	}
	text += parts[len(parts)-1] + " name"
	if len(parts) == 1 {
		text += "s"
	}
	if n := len(rep.Projects); n > 1 {
		text += fmt.Sprintf(", of %d projects", n)
	}
	return text
}

func plural(n int, what string) string {
	first, rest, _ := strings.Cut(what, " of ")
	if rest != "" {
		rest = " of " + rest
	}
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(first, "y"):
		return fmt.Sprintf("%d %sies%s", n, strings.TrimSuffix(first, "y"), rest)
	}
	return fmt.Sprintf("%d %ss%s", n, first, rest)
}

func took(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}
