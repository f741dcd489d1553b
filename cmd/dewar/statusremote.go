package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
)

// statusRemote says what the cache and a remote do not both have.
func (c *cli) statusRemote(s *shareFlags, args []string) error {
	return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
		o, err := s.options(c, p, ev, args)
		if err != nil {
			return err
		}
		return c.opened(p, s.remotes, func(at []*dewar.RemotePlace) error {
			different := false
			for _, r := range at {
				states, err := p.ShareStatus(c.ctx, ev, r, o)
				if err != nil {
					return err
				}
				n, err := c.sayShareStates(r.Name, states)
				if err != nil {
					return err
				}
				different = different || n > 0
			}
			if different {
				return exit(exitStale)
			}
			return nil
		})
	})
}

// sayShareStates prints what is not in both places, and returns how many there are.
func (c *cli) sayShareStates(name string, states []dewar.ShareState) (int, error) {
	different := 0
	list := []shareStateJSON{}
	for _, s := range states {
		word, hint := shareWord(s)
		list = append(list, shareStateJSON{s.Of, s.At, s.Path, word})
		if word == "both" {
			continue
		}
		if different++; !c.json {
			text := s.Of
			if s.Path != "" {
				text += " " + s.Path
			}
			c.printf("%-9s %s%s\n", word, text, hint)
		}
	}
	if c.json {
		return different, c.printJSON(map[string]any{"remote": name, "shares": list})
	}
	if different == 0 {
		c.printf("%s has everything: %s\n", name, counted(len(states), "output"))
	}
	return different, nil
}

// shareWord says where something is, and what to do about it.
func shareWord(s dewar.ShareState) (word, hint string) {
	switch {
	case s.Here && s.There:
		return "both", ""
	case s.Here:
		return "here", "  (dewar push brings it there)"
	case s.There:
		return "there", "  (dewar pull brings it here)"
	}
	if strings.HasPrefix(s.Of, "data.") {
		return "nowhere", ""
	}
	return "nowhere", fmt.Sprintf("  (dewar run %s makes it)", s.Of)
}

type shareStateJSON struct {
	Of    string `json:"of"`
	At    string `json:"at,omitempty"`
	Path  string `json:"path,omitempty"`
	State string `json:"state"`
}
