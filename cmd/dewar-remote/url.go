package main

import (
	"net/url"
	"slices"
	"strings"
)

// location is a url taken apart.
type location struct {
	kind    *kind
	root    string            // what rclone is told to be the top: a bucket, a directory; the name in its configuration
	prefix  string            // before every name of an object; "" or without a slash at its end
	options map[string]string // that the url gives: host, user

	absolute bool // there were two slashes before the path
}

// parse takes a url apart. It never has a secret: those would be committed.
func parse(text string) (location, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return location{}, misconfigured("%q is not a url", text)
	}
	k := kindOf(strings.ToLower(scheme))
	if k == nil {
		return location{}, misconfigured("there is no %s://; %s are known%s", scheme, strings.Join(schemes(), ", "), suggest(scheme, schemes()))
	}
	if strings.ContainsAny(rest, "?#") {
		return location{}, misconfigured("a url has no %q; what is to be said of the place goes into options", rest[strings.IndexAny(rest, "?#"):])
	}
	host, dir, _ := strings.Cut(rest, "/")
	who, host := user(host)
	if strings.Contains(who, ":") {
		return location{}, misconfigured("the url has a password in it; it belongs in secrets")
	}
	dir, err := url.PathUnescape(dir)
	if err != nil {
		return location{}, misconfigured("%v", err)
	}
	absolute := strings.HasPrefix(dir, "/")
	dir = strings.Trim(dir, "/")
	if dir != "" && !plain(dir) {
		return location{}, misconfigured("%q is not a path: a part of it is empty, or . or ..", dir)
	}
	if host == "" {
		return location{}, misconfigured("the url lacks %s after %s://", k.host, k.scheme)
	}
	l := location{kind: k, options: map[string]string{}, absolute: absolute}
	err = k.place(&l, who, host, dir)
	return l, err
}

// plain reports whether a path means what it says.
func plain(dir string) bool {
	for part := range strings.SplitSeq(dir, "/") {
		if part == "" || part == "." || part == ".." || strings.ContainsAny(part, "\x00\r\n\\") {
			return false
		}
	}
	return true
}

func user(host string) (who, rest string) {
	if at := strings.LastIndex(host, "@"); at >= 0 {
		return host[:at], host[at+1:]
	}
	return "", host
}

// inBucket is for what has buckets: rclone is given the bucket, so that it does
// not look whether the prefix is an object.
func inBucket(l *location, who, host, dir string) error {
	if who != "" {
		return misconfigured("%s:// has no user before the %s", l.kind.scheme, l.kind.host)
	}
	l.root, l.prefix = host, dir
	return nil
}

func inFolder(l *location, who, host, dir string) error {
	if who != "" {
		return misconfigured("%s:// has no user before the %s", l.kind.scheme, l.kind.host)
	}
	l.options["root_folder_id"] = host
	l.prefix = dir
	return nil
}

// onServer is for servers with paths. The path is absolute; below ~ it starts
// at the home directory.
func onServer(l *location, who, host, dir string) error {
	host, port := splitPort(host)
	l.options["host"] = host
	if port != "" {
		l.options["port"] = port
	}
	if who != "" {
		l.options["user"] = who
	}
	if rest, below := strings.CutPrefix(dir+"/", "~/"); below {
		l.root = rest
	} else {
		l.root = "/" + slashed(dir)
	}
	return nil
}

func splitPort(host string) (string, string) {
	i := strings.LastIndex(host, ":")
	if i < 0 || strings.HasSuffix(host, "]") {
		return strings.Trim(host, "[]"), ""
	}
	return strings.Trim(host[:i], "[]"), host[i+1:]
}

// onWeb is for HTTP and WebDAV.
func onWeb(l *location, who, host, dir string) error {
	transport := map[string]string{"http": "http", "https": "https", "webdav": "http", "webdavs": "https"}[l.kind.scheme]
	u := url.URL{Scheme: transport, Host: host, Path: "/"}
	if l.kind.rclone == "http" {
		u.Path += slashed(dir)
	} else {
		l.root = slashed(dir)
	}
	if who != "" {
		if l.kind.rclone == "http" {
			return misconfigured("%s:// has no user: give a header in secrets", l.kind.scheme)
		}
		l.options["user"] = who
	}
	l.options["url"] = u.String()
	return nil
}

// slashed is a directory as a part of a path that ends in a slash, so that
// rclone does not look whether it is a file.
func slashed(dir string) string {
	if dir == "" {
		return ""
	}
	return dir + "/"
}

func inHDFS(l *location, who, host, dir string) error {
	l.options["namenode"] = host
	if who != "" {
		l.options["username"] = who
	}
	l.root = "/" + dir
	return nil
}

// configured is for a remote of rclone, whose path may be relative to what that
// remote takes for its top; two slashes before it make it absolute.
func configured(l *location, who, host, dir string) error {
	name, err := url.PathUnescape(host)
	if err != nil || who != "" || strings.ContainsAny(name, ":,'\"=/\\{}") {
		return misconfigured("%q is not the name of a remote of rclone", host)
	}
	l.root, l.prefix = name, dir
	if l.absolute {
		l.prefix = "/" + dir
	}
	return nil
}

func schemes() []string {
	var out []string
	for i := range kinds {
		out = append(out, kinds[i].scheme+"://")
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "memory://" })
}
