package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
	"github.com/dewar-build/dewar/store/remote/wire"
)

func TestMain(m *testing.M) {
	quiet(false, nil)
	os.Exit(m.Run())
}

func with(env map[string]string) *program {
	return &program{getenv: func(name string) string { return env[name] }}
}

func open(t *testing.T, p *program, r wire.Request) remote.Place {
	t.Helper()
	place, err := p.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func TestConformance_memory(t *testing.T) {
	remotetest.Run(t, func(t *testing.T) remotetest.Bench {
		name := strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())
		return remotetest.Bench{Place: open(t, with(nil), wire.Request{URL: "memory://" + name + "/x"}), FS: fs.OS(), Dir: t.TempDir()}
	})
}

// A remote of rclone's configuration that is a directory: what is put there is
// renamed.
func TestConformance_rclone(t *testing.T) {
	conf := filepath.Join(t.TempDir(), "rclone.conf")
	if err := os.WriteFile(conf, []byte("[My Disk]\ntype = local\n[far]\ntype = storj\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := with(map[string]string{"RCLONE_CONFIG": conf})
	remotetest.Run(t, func(t *testing.T) remotetest.Bench {
		dir := t.TempDir()
		return remotetest.Bench{Place: open(t, p, wire.Request{URL: "rclone://My%20Disk/" + filepath.ToSlash(dir)}), FS: fs.OS(), Dir: t.TempDir()}
	})
	for _, r := range []wire.Request{
		{URL: "rclone://My%20Disc/x"},
		{URL: "rclone://far/x"},
		{URL: "rclone://My%20Disk/x", Options: map[string]string{"type": "sftp", "ssh": "touch /tmp/x"}},
	} {
		if _, err := p.Open(t.Context(), r); !errors.Is(err, remote.ErrConfig) {
			t.Errorf("%s: the error is %v", r.URL, err)
		} else {
			t.Log(err)
		}
	}
}

func TestOpen_options(t *testing.T) {
	for _, c := range []struct {
		r    wire.Request
		says string
	}{
		{wire.Request{URL: "s3://b", Options: map[string]string{"regoin": "x"}}, `s3:// has no option "regoin"; is it region?`},
		{wire.Request{URL: "s3://b", Options: map[string]string{"region": "x"}, Secrets: map[string]string{"region": "y"}}, "region is among the options and among the secrets"},
		{wire.Request{URL: "sftp://host/x", Options: map[string]string{"host": "evil"}}, `the url says that host is "host", and the options say "evil"`},
		{wire.Request{URL: "s3://b", Options: map[string]string{"override.password_command": "touch /tmp/x"}}, "has no option"},
		{wire.Request{URL: "azure://c"}, "AZURE_STORAGE_ACCOUNT"},
		{wire.Request{URL: "sftp://host/x"}, "neither an ssh agent nor a key"},
		{wire.Request{URL: "gdrive://id"}, "needs a login"},
		{wire.Request{URL: "webdav://me@host/x"}, "no pass in secrets"},
	} {
		_, err := with(nil).Open(t.Context(), c.r)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: the error is %v, want %q in it", c.r.URL, err, c.says)
		}
	}
}

// What rclone takes for passwords comes in its own form, everything else as it is.
func TestSettle(t *testing.T) {
	at, err := parse("webdav://me@host/x")
	if err != nil {
		t.Fatal(err)
	}
	given, err := with(nil).settle(at, backend(t, at), map[string]string{"pass": "hunter22"})
	if err != nil {
		t.Fatal(err)
	}
	if given["pass"] == "hunter22" || given["pass"] == "" {
		t.Errorf("the password is %q", given["pass"])
	}
	delete(given, "pass")
	want := map[string]string{"url": "http://host/", "user": "me", "vendor": "other", "pacer_min_sleep": "10us"}
	if diff := cmp.Diff(want, given); diff != "" {
		t.Error(diff)
	}
}

func TestSettle_surroundings(t *testing.T) {
	for url, c := range map[string]struct{ env, options, want map[string]string }{
		"s3://b":     {env: map[string]string{"AWS_DEFAULT_REGION": "eu", "AWS_PROFILE": "work"}, want: map[string]string{"env_auth": "true", "region": "eu", "profile": "work", "provider": "AWS"}},
		"s3://b2":    {env: map[string]string{"AWS_REGION": "eu"}, options: map[string]string{"access_key_id": "A", "secret_access_key": "S", "region": "us", "endpoint": "http://127.0.0.1"}, want: map[string]string{"access_key_id": "A", "secret_access_key": "S", "region": "us", "endpoint": "http://127.0.0.1", "provider": "Other"}},
		"gs://b":     {env: map[string]string{"STORAGE_EMULATOR_HOST": "127.0.0.1:1"}, want: map[string]string{"endpoint": "http://127.0.0.1:1/storage/v1/", "anonymous": "true"}},
		"gs://b2":    {want: map[string]string{"env_auth": "true"}},
		"azure://c":  {env: map[string]string{"AZURE_STORAGE_ACCOUNT": "me"}, want: map[string]string{"account": "me", "env_auth": "true"}},
		"azure://d":  {env: map[string]string{"AZURE_STORAGE_ACCOUNT": "me", "AZURE_STORAGE_KEY": "k"}, want: map[string]string{"account": "me", "key": "k"}},
		"azure://e":  {env: map[string]string{"AZURE_STORAGE_KEY": "other"}, options: map[string]string{"account": "me", "sas_url": "http://x"}, want: map[string]string{"account": "me", "sas_url": "http://x"}},
		"gdrive://f": {env: map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "file"}, want: map[string]string{"env_auth": "true", "root_folder_id": "f"}},
	} {
		at, err := parse(url)
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]string{}
		for name, value := range c.options {
			given[name] = value
		}
		got, err := with(c.env).settle(at, backend(t, at), given)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		for name, value := range at.kind.defaults {
			if got[name] == value {
				delete(got, name)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
	}
}

// Every option that a stranger must not give is known as such.
func TestDescribe(t *testing.T) {
	names := func(url string, which func(wire.Option) bool) []string {
		b, err := with(nil).Describe(url)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(b.Options, func(a, b wire.Option) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("the options of %s are not sorted", url)
		}
		if line, err := wire.Line(wire.Answer{Backend: b}); err != nil {
			t.Errorf("%s: %d bytes: %v", url, len(line), err)
		}
		out := []string{}
		for _, o := range b.Options {
			if which(o) {
				out = append(out, o.Name)
			}
		}
		return out
	}
	secret := func(o wire.Option) bool { return o.Secret }
	command := func(o wire.Option) bool { return o.Command }
	for url, want := range map[string][2][]string{
		"s3://b":     {{"access_key_id", "ibm_api_key", "secret_access_key", "session_token", "sse_customer_key", "sse_customer_key_base64"}, {}},
		"gs://b":     {{"access_token", "client_secret", "service_account_credentials", "token"}, {}},
		"azure://c":  {{"client_certificate_password", "client_secret", "connection_string", "key", "password", "sas_url"}, {}},
		"gdrive://f": {{"client_secret", "service_account_credentials", "token"}, {}},
		"sftp://h": {
			{"key_file_pass", "key_pem", "pass"},
			{"blake3sum_command", "crc32sum_command", "md5sum_command", "server_command", "set_env", "sha1sum_command", "sha256sum_command", "ssh", "subsystem", "xxh128sum_command", "xxh3sum_command"},
		},
		"webdav://h": {{"bearer_token", "headers", "pass"}, {"bearer_token_command"}},
		"http://h":   {{"headers"}, {}},
		"hdfs://h":   {{}, {}},
	} {
		if diff := cmp.Diff(want, [2][]string{names(url, secret), names(url, command)}); diff != "" {
			t.Errorf("%s: secret and command options: %s", url, diff)
		}
	}
}

func TestKnownHost(t *testing.T) {
	const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
	file := filepath.Join(t.TempDir(), "known")
	line := knownhosts.Normalize("host:2022") + " " + ed25519 + "\n"
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	given := map[string]string{"host": "host", "port": "2022", "known_hosts_file": file}
	if err := knownHost(given); err != nil || given["host_key_algorithms"] != "ssh-ed25519" {
		t.Errorf("%v, %v", given, err)
	}
	for _, given := range []map[string]string{
		{"host": "host", "known_hosts_file": file},
		{"host": "other", "port": "2022", "known_hosts_file": file},
		{"host": "host", "port": "2022", "known_hosts_file": file + "-none"},
	} {
		if err := knownHost(given); !errors.Is(err, remote.ErrConfig) {
			t.Errorf("%v: %v", given, err)
		}
	}
}
