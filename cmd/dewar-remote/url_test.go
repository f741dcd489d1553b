package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/store/remote"
)

func TestParse(t *testing.T) {
	type parsed struct {
		Scheme, Root, Prefix string
		Options              map[string]string
	}
	for url, want := range map[string]parsed{
		"s3://bucket":                   {"s3", "bucket", "", nil},
		"s3://my.bucket_1/a/b/":         {"s3", "my.bucket_1", "a/b", nil},
		"gs://bucket/a%20b":             {"gs", "bucket", "a b", nil},
		"azure://container/x":           {"azure", "container", "x", nil},
		"gdrive://1aB-c_D/store":        {"gdrive", "", "store", map[string]string{"root_folder_id": "1aB-c_D"}},
		"sftp://me@host:2022/srv/store": {"sftp", "/srv/store/", "", map[string]string{"host": "host", "port": "2022", "user": "me"}},
		"sftp://host/~/store":           {"sftp", "store/", "", map[string]string{"host": "host"}},
		"sftp://host":                   {"sftp", "/", "", map[string]string{"host": "host"}},
		"sftp://[::1]:22/x":             {"sftp", "/x/", "", map[string]string{"host": "::1", "port": "22"}},
		"sftp://DOMAIN@me@host/x":       {"sftp", "/x/", "", map[string]string{"host": "host", "user": "DOMAIN@me"}},
		"webdav://me@host:8080/dav/x":   {"webdav", "dav/x/", "", map[string]string{"url": "http://host:8080/", "user": "me"}},
		"webdavs://host/":               {"webdavs", "", "", map[string]string{"url": "https://host/"}},
		"http://host/a b":               {"http", "", "", map[string]string{"url": "http://host/a%20b/"}},
		"HTTPS://host:444":              {"https", "", "", map[string]string{"url": "https://host:444/"}},
		"hdfs://me@name:9000/store":     {"hdfs", "/store", "", map[string]string{"namenode": "name:9000", "username": "me"}},
		"rclone://disk//srv/a":          {"rclone", "disk", "/srv/a", nil},
		"rclone://My%20Drive/a":         {"rclone", "My Drive", "a", nil},
		"memory://x/y":                  {"memory", "x", "y", nil},
	} {
		l, err := parse(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if len(l.options) == 0 {
			l.options = nil
		}
		if diff := cmp.Diff(want, parsed{l.kind.scheme, l.root, l.prefix, l.options}); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
	}
}

func TestParse_refused(t *testing.T) {
	for url, says := range map[string]string{
		"bucket":                        "is not a url",
		"s4://bucket":                   "is it s3://?",
		"ftp://host/x":                  "there is no ftp://",
		"s3://":                         "lacks a bucket",
		"s3:///x":                       "lacks a bucket",
		"s3://me@bucket/x":              "has no user",
		"s3://bucket/x?region=eu":       `has no "?region=eu"`,
		"s3://bucket/a/../b":            "is not a path",
		"s3://bucket/a//b":              "is not a path",
		"s3://bucket/%2e%2e/b":          "is not a path",
		"s3://bucket/%00":               "is not a path",
		"sftp://me:hunter22@host/x":     "password",
		"webdavs://me:hunter22@host/x":  "password",
		"https://me@host/x":             "has no user",
		"rclone://x:evil/y":             "is not the name of a remote of rclone",
		"rclone://x,sftp,ssh=touch p/y": "is not the name of a remote of rclone",
		"rclone://:sftp/y":              "is not the name of a remote of rclone",
	} {
		_, err := parse(url)
		if !errors.Is(err, remote.ErrConfig) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter22") {
			t.Errorf("%s: the error is %v, want ErrConfig with %q", url, err, says)
		}
	}
}
