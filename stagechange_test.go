package dewar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/lock"
	"github.com/google/go-cmp/cmp"
)

// stagesOf reads "train@1:action=made train@2": instances, what their actions are
// called and what they made; the second has no result. A grid without points is "train@".
func stagesOf(text string) dewar.Stages {
	var out dewar.Stages
	text, out.Part = strings.CutPrefix(text, "part: ")
	at := map[string]int{}
	for _, word := range strings.Fields(text) {
		ref, made, has := strings.Cut(word, ":")
		name, _, grid := strings.Cut(ref, "@")
		x := dewar.InstanceResult{Ref: ref}
		if action, content, _ := strings.Cut(made, "="); has {
			x.Action = digest.Of([]byte(action))
			x.Outputs = []lock.Output{{Group: "outputs", Name: "o", Path: action, Content: digest.Content{Kind: digest.File, Digest: digest.Of([]byte(content))}}}
		}
		i, ok := at[name]
		if !ok {
			i = len(out.List)
			at[name] = i
			out.List = append(out.List, dewar.StageResult{Name: name, Grid: grid})
		}
		if ref != name+"@" {
			out.List[i].Instances = append(out.List[i].Instances, x)
		}
	}
	return out
}

// describe is what differs, in words: those of the fields that are not zero.
func describe(c *dewar.StageChange) string {
	text := c.Name + " " + string(c.Difference)
	for _, x := range []struct {
		n    int
		what string
	}{{c.Added, "added"}, {c.Removed, "removed"}, {c.Results, "results"}, {c.Unstable, "unstable"}, {c.Actions, "actions"}, {c.NoOld, "no old"}, {c.NoNew, "no new"}, {c.Same, "same"}} {
		if x.n > 0 {
			text += fmt.Sprintf(", %d %s", x.n, x.what)
		}
	}
	return text
}

func TestCompareStages(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"the same", "a:k=x b:k=y", "a:k=x b:k=y", "a same, 1 same; b same, 1 same"},
		{"other results", "a:k=x", "a:l=y", "a results, 1 results"},
		{"a command that does not repeat itself", "a:k=x", "a:k=y", "a results, 1 results, 1 unstable"},
		{"the same results, elsewhere too", "a:k=x", "a:l=x", "a same results, 1 actions"},
		{"a new stage", "a:k=x", "a:k=x b:k=y", "a same, 1 same; b added, 1 added"},
		{"a stage that is gone stands where it was", "a:k=x b:k=y c:k=z", "a:k=x c:k=z", "a same, 1 same; b removed, 1 removed; c same, 1 same"},
		{"two that are gone, before all others", "a:k=x b:k=y c:k=z", "c:k=z", "a removed, 1 removed; b removed, 1 removed; c same, 1 same"},
		{"points", "a@1:k=x a@2:l=y a@3:m=z", "a@2:l=y a@3:o=w a@4:n=z", "a results, 1 added, 1 removed, 1 results, 1 same"},
		{"never run before", "a", "a:k=x", "a unknown, 1 no old"},
		{"not run yet", "a:k=x", "a", "a unknown, 1 no new"},
		{"never run", "a", "a", "a same, 1 same"},
		{"results say more than what is missing", "a@1:k=x a@2", "a@1:k=y a@2:k=x", "a results, 1 results, 1 unstable, 1 no old"},
		{"a part was not asked for the others", "a:k=x b:k=y", "part: a:k=x", "a same, 1 same; b unknown, 1 no new"},
		{"nor for a grid without points", "a:k=x b@", "part: a:k=x", "a same, 1 same; b unknown"},
		{"nor was the first", "part: a:k=x", "a:k=x b:k=y", "a same, 1 same; b unknown, 1 no old"},
	} {
		var got []string
		list := dewar.CompareStages(stagesOf(test.old), stagesOf(test.new))
		for i := range list {
			got = append(got, describe(&list[i]))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
