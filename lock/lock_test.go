package lock_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

func file(text string) digest.Content {
	return digest.Content{Kind: digest.File, Digest: digest.Of([]byte(text))}
}

func exec(text string) digest.Content {
	return digest.Content{Kind: digest.File, Exec: true, Digest: digest.Of([]byte(text))}
}

func dir(text string) digest.Content {
	return digest.Content{Kind: digest.Directory, Digest: digest.Of([]byte(text))}
}

func entry(instance, version string) lock.Entry {
	return lock.Entry{
		Instance: instance,
		Action:   digest.Of([]byte(instance + version)),
		Inputs:   []lock.Input{{"build/features", dir("f")}, {"src/train.py", file("x")}},
		Outputs:  []lock.Output{{Group: "outputs", Name: "model", Path: "build/" + instance, Content: file(version)}},
	}
}

func sample() *lock.Lock {
	return &lock.Lock{
		Overrides: []graph.Override{{Name: "train.C", Text: `"a\b"`, Origin: "-p"}},
		Data:      []lock.Data{{Name: "penguins", Path: "data/penguins", Content: dir("p")}, {Name: "x", Path: "x.csv", Content: exec("")}},
		Entries: []lock.Entry{
			{Instance: "alone", Action: digest.Of(nil)},
			{
				Instance: "odd\n\"name\"\u2028 é",
				Action:   digest.Of([]byte("k")),
				Inputs:   []lock.Input{{".", dir("all")}, {"bin/x", exec("x")}, {"é \\", file("y")}},
				Outputs: []lock.Output{
					{Group: "metrics", Name: "scores", Path: "a.json", Content: file("{}")},
					{Group: "outputs", Name: "0", Path: "b", Content: dir("d"), Files: 3, Bytes: 1 << 40},
					{Group: "outputs", Name: "1", Path: "c", Content: exec("e")},
				},
			},
			entry("train@C=0.1", "1"),
			entry("train@C=1", "1"),
		},
	}
}

func read(t *testing.T, b []byte) (*lock.Lock, []lock.Problem) {
	t.Helper()
	l, problems, err := lock.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return l, problems
}

func TestReadsWhatItWrites(t *testing.T) {
	for name, l := range map[string]*lock.Lock{"empty": {}, "sample": sample()} {
		b := l.Bytes()
		got, problems := read(t, b)
		if diff := cmp.Diff(l, got); diff != "" || problems != nil {
			t.Errorf("%s: problems %v\n%s", name, problems, diff)
		}
		if diff := cmp.Diff(string(b), string(got.Bytes())); diff != "" {
			t.Errorf("%s: the bytes differ:\n%s", name, diff)
		}
	}
}

func TestNothingIsAnEmptyLock(t *testing.T) {
	l, problems := read(t, nil)
	if diff := cmp.Diff(&lock.Lock{}, l); diff != "" || problems != nil {
		t.Errorf("problems %v\n%s", problems, diff)
	}
}

func TestOrderOfListsDoesNotMatter(t *testing.T) {
	l, shuffled := sample(), sample()
	shuffled.Entries[0], shuffled.Entries[3] = shuffled.Entries[3], shuffled.Entries[0]
	ins := shuffled.Entries[1].Inputs
	ins[0], ins[2] = ins[2], ins[0]
	shuffled.Data[0], shuffled.Data[1] = shuffled.Data[1], shuffled.Data[0]
	if diff := cmp.Diff(string(l.Bytes()), string(shuffled.Bytes())); diff != "" {
		t.Error(diff)
	}
}

func TestEditedByHandOrByGit(t *testing.T) {
	l := sample()
	text := string(l.Bytes())
	spaced := strings.ReplaceAll(strings.ReplaceAll(text, `,"inputs"`, ` , "inputs"`), `"outputs":[`, `"outputs": [`)
	lines := strings.SplitAfter(text, "\n")
	lines[0], lines[len(lines)-2] = lines[len(lines)-2], lines[0]
	for name, edited := range map[string]string{
		"CRLF":        strings.ReplaceAll(text, "\n", "\r\n"),
		"spaces":      spaced,
		"order":       strings.Join(lines, ""),
		"line twice":  text + lines[len(lines)-3],
		"blank lines": strings.ReplaceAll(text, "\n", "\n\n"),
		"no newline":  strings.TrimSuffix(text, "\n"),
	} {
		got, problems := read(t, []byte(edited))
		if diff := cmp.Diff(l, got); diff != "" || problems != nil {
			t.Errorf("%s: problems %v\n%s", name, problems, diff)
		}
	}
}

func TestDamageCountsAsAbsent(t *testing.T) {
	header := `{"dewar_lock":1}`
	one := strings.Split(string((&lock.Lock{Entries: []lock.Entry{entry("one", "1")}}).Bytes()), "\n")[1]
	one2 := strings.Split(string((&lock.Lock{Entries: []lock.Entry{entry("one", "2")}}).Bytes()), "\n")[1]
	two := strings.Split(string((&lock.Lock{Entries: []lock.Entry{entry("two", "1")}}).Bytes()), "\n")[1]
	tests := []struct {
		name  string
		lines []string
		want  []string // instances
		where []string // lines of the problems
	}{
		{"conflict", []string{header, "<<<<<<< HEAD", one, "=======", one2, ">>>>>>> other", two}, []string{"two"}, []string{"2-6"}},
		{"conflict in three parts", []string{header, "<<<<<<< HEAD", one, "||||||| base", "=======", one2, ">>>>>>> x", two}, []string{"two"}, []string{"2-7"}},
		{"two conflicts", []string{header, "<<<<<<< a", one, "=======", ">>>>>>> b", "<<<<<<< a", "=======", two, ">>>>>>> b"}, nil, []string{"2-5", "6-9"}},
		{"conflict without an end", []string{header, one, "<<<<<<< HEAD", two}, []string{"one"}, []string{"3-4"}},
		{"stray marker", []string{header, one, "=======", two}, []string{"one", "two"}, []string{"3-3"}},
		{"cut short", []string{header, one[:len(one)/2], two}, []string{"two"}, []string{"2-2"}},
		{"an upper-case digest", []string{header, strings.Replace(one, `"action":"`, `"action":"F`, 1), two}, []string{"two"}, []string{"2-2"}},
		{"unknown field", []string{header, strings.Replace(one, `"inputs"`, `"colour":1,"inputs"`, 1), two}, []string{"two"}, []string{"2-2"}},
		{"escaping path", []string{header, strings.Replace(one, `build/one`, `../../etc/passwd`, 1), two}, []string{"two"}, []string{"2-2"}},
		{"absolute path", []string{header, strings.Replace(one, `build/one`, `/etc/passwd`, 1), two}, []string{"two"}, []string{"2-2"}},
		{"not UTF-8", []string{header, strings.Replace(one, "train.py", "\xff", 1), two}, []string{"two"}, []string{"2-2"}},
		{"two lines an instance", []string{header, one, one2, two}, []string{"two"}, []string{"2-3"}},
		{"two values a line", []string{header, one + one2, two}, []string{"two"}, []string{"2-2"}},
		{"no header", []string{two}, []string{"two"}, []string{"1-1"}},
		{"something else", []string{"hello", "[]", "null", "{}"}, nil, []string{"1-1", "2-2", "3-3", "4-4"}},
	}
	for _, tt := range tests {
		l, problems := read(t, []byte(strings.Join(tt.lines, "\n")+"\n"))
		var got, where []string
		for _, e := range l.Entries {
			got = append(got, e.Instance)
		}
		for _, p := range problems {
			where = append(where, fmt.Sprintf("%d-%d", p.Line, p.End))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: instances:\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.where, where); diff != "" {
			t.Errorf("%s: problems %v:\n%s", tt.name, problems, diff)
		}
	}
}

func TestNewerVersion(t *testing.T) {
	for _, text := range []string{"{\"dewar_lock\":2}\nwhatever\n", "<<<<<<<\n{\"dewar_lock\":1}\n=======\n{\"dewar_lock\":2}\n>>>>>>>\n"} {
		_, _, err := lock.Read([]byte(text))
		if err == nil || !strings.Contains(err.Error(), "version 2") || !strings.Contains(err.Error(), "update") {
			t.Errorf("%q: error %v does not say what to do", text, err)
		}
	}
}

func TestPutKeepEntry(t *testing.T) {
	l := sample()
	l.Put(entry("zz", "1"), entry("train@C=1", "2"), entry("aa", "1"))
	l.Keep(func(instance string) bool { return instance != "alone" })
	for instance, want := range map[string]string{"aa": "1", "train@C=0.1": "1", "train@C=1": "2", "zz": "1"} {
		e := l.Entry(instance)
		if e == nil {
			t.Fatalf("%s is gone", instance)
		}
		if diff := cmp.Diff(entry(instance, want), *e); diff != "" {
			t.Errorf("%s:\n%s", instance, diff)
		}
	}
	if l.Entry("alone") != nil || l.Entry("nobody") != nil {
		t.Error("entries that should not be there")
	}
	if l.DataOf("penguins") == nil || l.DataOf("none") != nil {
		t.Error("data are not found by name")
	}
}
