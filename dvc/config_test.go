package dvc

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfig(t *testing.T) {
	c := &Config{}
	c.Read([]byte(`# comment
[core]
    remote = main
    autostage = true
['remote "main"']
    url = s3://bucket/path
    endpointurl = "https://store.example.org"
    secret_access_key = hunter2
[remote "local"]
url=../../share
['remote "deep"']
    url = remote://main/below
['remote "host"']
    url = ssh://example.org/srv
    user = me
    port = 2222
[cache]
    dir = ../cache
`), "/p/.dvc", true)
	c.Read([]byte("['remote \"main\"']\nprofile = mine\n"), "/p/.dvc", false)
	if c.Remote != "main" || c.Cache("/p") != "/p/cache" || !slices.Equal(c.names, []string{"main", "local", "deep", "host"}) {
		t.Errorf("%+v", c)
	}
	var got []string
	for _, name := range append(c.names, "none") {
		at, err := c.Where(name)
		got = append(got, fmt.Sprint(at.URL, " ", err))
	}
	want := []string{
		"s3://bucket/path <nil>", "/share <nil>", "s3://bucket/path/below <nil>", "sftp://me@example.org:2222/srv <nil>",
		" its remote none is configured nowhere",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if main := c.remotes["main"]; main.Options["endpointurl"] != "https://store.example.org" || main.Own["profile"] != "mine" {
		t.Errorf("%+v", main)
	}
	c.remotes["deep"].URL = "remote://deep/x"
	if _, err := c.Where("deep"); err == nil {
		t.Error("a remote in terms of itself is a place")
	}
}

func TestPick(t *testing.T) {
	one := &Config{}
	one.Read([]byte("[remote \"a\"]\nurl = /x"), "", true)
	two := &Config{}
	two.Read([]byte("[remote \"a\"]\nurl = /x\n[remote \"b\"]\nurl = /y"), "", true)
	for _, c := range []struct {
		conf        *Config
		named, want string
	}{
		{&Config{}, "", ""}, {one, "", "a"}, {two, "", ""}, {two, "b", "b"}, {&Config{Remote: "d"}, "", "d"},
	} {
		if got := c.conf.Pick(c.named); got != c.want {
			t.Errorf("of %v: %q, want %q", c.conf.names, got, c.want)
		}
	}
}
