package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
	"github.com/dewar-build/dewar/run/sandbox/landlock"
	"github.com/spf13/cobra"
)

func (c *cli) doctor() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Try what dewar needs of this machine, and say what to change", Args: cobra.NoArgs,
		Long: `Tries each level of isolation, links, the clock and the filesystem for real, and looks at limits, room and
programs. In a project it looks at that and its cache, elsewhere at the directory where it is called.
It exits with 3 if something is bad.`,
		RunE: func(*cobra.Command, []string) error {
			up, err := dewar.CheckUp(c.ctx, c.host, examiner(), c.dir)
			if err != nil {
				return err
			}
			if c.json {
				err = c.printJSON(up)
			} else {
				c.printCheckup(up)
			}
			if err == nil && up.Bad > 0 {
				return exit(exitStale)
			}
			return err
		},
	}
}

// examiner is what this system can tell.
func examiner() dewar.Examiner {
	m := dewar.Examiner{
		Try: func(ctx context.Context, level graph.Isolation, dir string, b []engine.Binding) error {
			return sandbox.Try(ctx, level, dir, b)
		},
		Disk: disk, Files: openFiles(), Built: built(),
	}
	m.Landlock, _ = landlock.ABI()
	if level := os.Getenv(levelVariable); level != "" && level != string(graph.IsolationProject) {
		m.Limit = levelVariable + "=" + level
	}
	return m
}

// built is when this program was made: the time of its commit, which no copy changes, or else of its file.
func built() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil && s.Key == "vcs.time" {
				return t
			}
		}
	}
	if info, err := os.Stat(self()); err == nil {
		return info.ModTime()
	}
	return time.Time{}
}

const checkColumns = 18 // of the name of a check

func (c *cli) printCheckup(up *dewar.Checkup) {
	columns := min(max(c.columns(), 40), 100)
	group := ""
	for _, f := range up.Findings {
		if f.Group != group {
			if group != "" {
				c.printf("\n")
			}
			group = f.Group
			c.printf("%s\n", group)
		}
		indent := len("  warn  ") + checkColumns
		lines := broken(f.Found, columns-indent)
		c.printf("  %s  %-*s%s\n", c.healthText(f.Health), checkColumns, f.Check, lines[0])
		for _, l := range lines[1:] {
			c.printf("%*s%s\n", indent, "", l)
		}
		if f.Advice == "" {
			continue
		}
		for i, l := range broken(f.Advice, columns-indent-len("-> ")) {
			arrow := "-> "
			if i > 0 {
				arrow = "   "
			}
			c.printf("%*s%s%s\n", indent, "", arrow, l)
		}
	}
	c.printf("\n%s\n", healthSummary(up))
}

func (c *cli) healthText(h dewar.Health) string {
	text := fmt.Sprintf("%-4s", h)
	if c.color != "always" || !c.terminal(c.stdout) {
		return text
	}
	colour := map[dewar.Health]string{dewar.Well: "32", dewar.Ail: "33", dewar.Sick: "31"}[h]
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func healthSummary(up *dewar.Checkup) string {
	switch {
	case up.Bad == 0 && up.Warn == 0:
		return "All is well."
	case up.Bad == 0:
		return fmt.Sprintf("dewar works here. %s could be better.", thingsText(up.Warn))
	case up.Warn == 0:
		return thingsText(up.Bad) + " must be mended."
	}
	return fmt.Sprintf("%s must be mended, and %d could be better.", thingsText(up.Bad), up.Warn)
}

func thingsText(n int) string {
	if n == 1 {
		return "1 thing"
	}
	return fmt.Sprintf("%d things", n)
}

// broken is a text in lines. A word that is too long for one, as paths are, stays whole.
func broken(text string, columns int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(printable(text)) {
		switch {
		case line == "":
			line = word
		case ansi.StringWidth(line)+1+ansi.StringWidth(word) > columns:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
