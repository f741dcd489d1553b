package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Directory is the scheme of a directory, which needs no other program.
const Directory = "file"

// URL is where a remote is, in one spelling. It never holds a secret.
type URL struct {
	Scheme string // one of Schemes
	User   string // who logs in, where the url says so
	Host   string // the host and its port, or the bucket, container, folder or name of rclone.conf
	Path   string // what follows, without a slash at its end; of a directory, its native path
	Text   string // all of it
}

func (u URL) String() string { return u.Text }

// IsDirectory reports whether it is a directory of this machine.
func (u URL) IsDirectory() bool { return u.Scheme == Directory }

// scheme describes what may follow NAME://.
type scheme struct {
	name    string
	host    string // what its first part is called
	network bool   // the first part is a host: port, any case
	user    bool   // and a user may stand before it
	port    int    // that needs no saying
	example string
}

// schemes is never written to.
var schemes = []scheme{
	{name: "azure", host: "container", example: "azure://container/prefix"},
	{name: Directory, example: "/mnt/share/store"},
	{name: "gdrive", host: "folder id", example: "gdrive://FOLDER_ID/path"},
	{name: "gs", host: "bucket", example: "gs://bucket/prefix"},
	{name: "hdfs", host: "namenode", network: true, user: true, example: "hdfs://user@namenode:8020/path"},
	{name: "http", host: "host", network: true, port: 80, example: "http://host/path"},
	{name: "https", host: "host", network: true, port: 443, example: "https://host/path"},
	{name: "rclone", host: "name of a remote of rclone.conf", example: "rclone://NAME/path"},
	{name: "s3", host: "bucket", example: "s3://bucket/prefix"},
	{name: "sftp", host: "host", network: true, user: true, port: 22, example: "sftp://user@host/path"},
	{name: "webdav", host: "host", network: true, user: true, port: 80, example: "webdav://host/path"},
	{name: "webdavs", host: "host", network: true, user: true, port: 443, example: "webdavs://host/path"},
}

// otherNames are what people, and other programs, call them.
var otherNames = map[string]string{
	"abfs": "azure", "abfss": "azure", "adl": "azure", "az": "azure", "azblob": "azure", "azureblob": "azure", "wasb": "azure", "wasbs": "azure",
	"dav": "webdav", "davs": "webdavs", "dir": Directory, "drive": "gdrive", "gcs": "gs", "googledrive": "gdrive", "local": Directory,
	"minio": "s3", "s3a": "s3", "s3n": "s3", "scp": "sftp", "ssh": "sftp",
}

// throughRclone are places that need a remote of rclone.conf.
var throughRclone = []string{"b2", "box", "dropbox", "ftp", "ftps", "mega", "onedrive", "oss", "pcloud", "smb", "swift"}

// Schemes returns the names of all schemes, sorted.
func Schemes() []string {
	names := make([]string, len(schemes))
	for i := range schemes {
		names[i] = schemes[i].name
	}
	return names
}

// Examples returns a url of each scheme.
func Examples() []string {
	out := make([]string, len(schemes))
	for i := range schemes {
		out[i] = schemes[i].example
	}
	slices.Sort(out)
	return out
}

func schemeOf(name string) *scheme {
	for i := range schemes {
		if schemes[i].name == name {
			return &schemes[i]
		}
	}
	return nil
}

// A BadURL says what is wrong with a url, and what to write.
type BadURL struct {
	Detail string
	Secret bool // it holds a password
}

func (b *BadURL) Error() string { return b.Detail }

func badURL(format string, args ...any) *BadURL { return &BadURL{Detail: fmt.Sprintf(format, args...)} }

// ParseURL reads where a remote is. A path that is not absolute is relative to
// dir; with dir "" it is refused. The error is a *BadURL and shows no secret.
func ParseURL(s, dir string) (URL, error) {
	if s == "" || strings.TrimSpace(s) != s || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return URL{}, badURL("A url holds no spaces around it and no control characters, and is not empty.")
	}
	name, rest, ok := strings.Cut(s, "://")
	if !ok || strings.ContainsAny(name, "/\\") {
		return parsePath(s, dir)
	}
	name = strings.ToLower(name)
	sch := schemeOf(name)
	switch {
	case sch == nil:
		return URL{}, unknownScheme(name, rest)
	case name == Directory:
		return parseFileURL(rest)
	}
	return parsePlace(sch, rest)
}

func unknownScheme(name, rest string) *BadURL {
	rest = Redact(rest)
	if other, ok := otherNames[name]; ok {
		return badURL("There is no scheme %q. Did you mean %s://%s?", name, other, rest)
	}
	if slices.Contains(throughRclone, name) {
		return badURL("There is no scheme %q. Configure the place with `rclone config`, and write rclone://NAME/path, NAME being what it is called there.", name)
	}
	if name == "grpc" || name == "grpcs" {
		return badURL("Remote Execution caches (%s://) are not available yet.", name)
	}
	if near := nearest(name, Schemes()); near != "" {
		return badURL("There is no scheme %q. Did you mean %s://%s?", name, near, rest)
	}
	return badURL("There is no scheme %q. There are: %s; for other places, a remote of rclone.conf: rclone://NAME/path.", name, strings.Join(Schemes(), ", "))
}

// parsePath reads a directory that is written as a path.
func parsePath(s, dir string) (URL, error) {
	if strings.HasPrefix(s, "~") {
		return URL{}, badURL("%s is only known to a shell. Write the path in full.", s)
	}
	if bad := noPath(s); bad != nil {
		return URL{}, bad
	}
	path := filepath.FromSlash(s)
	if !filepath.IsAbs(path) {
		if dir == "" {
			return URL{}, badURL("%s is relative, and here there is nothing that it could be relative to. Write the path in full.", s)
		}
		path = filepath.Join(dir, path)
	}
	return directory(path), nil
}

// noPath refuses what other programs take for a place elsewhere: user@host:path, and
// NAME:path.
func noPath(s string) *BadURL {
	host, path, ok := strings.Cut(s, ":")
	at := strings.Contains(s, "@")
	if !ok || strings.ContainsAny(host, `/\`) || strings.HasPrefix(host, ".") || len(host) == 1 && !at {
		return nil
	}
	shown, path := Redact(s), strings.TrimPrefix(Redact(path), "/")
	switch {
	case strings.Contains(host, "@"):
		return badURL("%s is no url. Did you mean sftp://%s/%s?", shown, host, path)
	case at:
		return badURL("%s is no url, and a directory whose name has a colon is written ./NAME.", shown)
	}
	return badURL("%s is no url. A remote of rclone.conf is written rclone://%s/%s; a directory whose name has a colon, ./%s.", shown, host, path, shown)
}

func directory(path string) URL {
	path = filepath.Clean(path)
	return URL{Scheme: Directory, Path: path, Text: path}
}

// parseFileURL reads what follows file://.
func parseFileURL(rest string) (URL, error) {
	rest = strings.TrimPrefix(rest, "localhost")
	path, ok := unescape(rest)
	if !ok || !strings.HasPrefix(path, "/") || strings.ContainsRune(path, 0) {
		return URL{}, badURL("file:// is followed by an absolute path: file:///mnt/share/store. A path without file:// is a directory as well, and may be relative to the project.")
	}
	if len(path) > 2 && path[2] == ':' {
		path = path[1:] // file:///C:/store
	}
	return directory(filepath.FromSlash(path)), nil
}

// parsePlace reads what follows the scheme of a place that is elsewhere.
func parsePlace(sch *scheme, rest string) (URL, error) {
	authority, path, _ := strings.Cut(rest, "/")
	u := URL{Scheme: sch.name}
	if _, _, bad := password(rest); bad {
		return u, &BadURL{Secret: true, Detail: "A url must not hold a password: it is shown, logged and committed. Leave it out, and give it with `dewar remote login`. (A port would be a number.)"}
	}
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		if !sch.user {
			return u, badURL("%s:// begins with the %s: %s.", sch.name, sch.host, sch.example)
		}
		u.User, authority = authority[:at], authority[at+1:]
	}
	if strings.ContainsAny(rest, "?#") {
		return u, badURL("A url has no part that begins with ? or #: what is to be said beside goes into options = { … }, or --option NAME=VALUE.")
	}
	if authority == "" {
		return u, badURL("The %s is missing: %s.", sch.host, sch.example)
	}
	var bad *BadURL
	if u.Host, bad = sch.hostOf(authority); bad != nil {
		return u, bad
	}
	if u.Path, bad = cleanPath(path); bad != nil {
		return u, bad
	}
	u.Text = u.spell()
	return u, nil
}

// cleanPath takes away slashes that mean nothing.
func cleanPath(path string) (string, *BadURL) {
	var parts []string
	for _, p := range strings.Split(path, "/") {
		switch p {
		case "", ".":
		case "..":
			return "", badURL("A url has no .. in it: write where it leads to.")
		default:
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "/"), nil
}

func (u URL) spell() string {
	var b strings.Builder
	b.WriteString(u.Scheme + "://")
	if u.User != "" {
		b.WriteString(u.User + "@")
	}
	b.WriteString(u.Host)
	if u.Path != "" {
		b.WriteString("/" + u.Path)
	}
	return b.String()
}

// Redact returns a text that may be a url without what may be a secret in it:
// passwords, and all that follows a question mark.
func Redact(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i] + "?…"
	}
	head, rest, ok := strings.Cut(s, "://")
	if !ok {
		head, rest = "", s
	} else {
		head += "://"
	}
	if start, end, found := password(rest); found && (ok || !sshPath(rest)) {
		rest = rest[:start] + "…" + rest[end:]
	}
	return head + rest
}

// sshPath reports whether a text without a scheme is user@host:path, as git and scp have it. What follows
// the colon is a path then, and no password: that stands before the last @.
func sshPath(s string) bool {
	at, colon := strings.LastIndexByte(s, '@'), strings.IndexByte(s, ':')
	return at > 0 && at < colon
}

// password returns where in what follows a scheme a password may be: after a
// colon, if no port stands there, up to the last @, for it may have slashes in it.
func password(rest string) (start, end int, ok bool) {
	authority, _, _ := strings.Cut(rest, "/")
	colon := strings.IndexByte(authority, ':')
	if colon < 0 || strings.HasPrefix(authority, "[") && !strings.Contains(authority, "@") {
		return 0, 0, false
	}
	start, end = colon+1, len(authority)
	if at := strings.LastIndexByte(rest, '@'); at > colon && (strings.Contains(authority, "@") || !digits(authority[start:])) {
		end = at
	} else if digits(authority[start:]) {
		return 0, 0, false
	}
	return start, end, true
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }
