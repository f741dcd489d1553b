package config_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/config"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct{ in, want, bad string }{
		{in: "s3://bucket", want: "s3://bucket"},
		{in: "S3://Bucket//a/./b/", want: "s3://Bucket/a/b"},
		{in: "sftp://u@Host.Example:22/x/", want: "sftp://u@host.example/x"},
		{in: "sftp://h:2222", want: "sftp://h:2222"},
		{in: "sftp://[::1]:2222/x", want: "sftp://[::1]:2222/x"},
		{in: "sftp://[::1]/x", want: "sftp://[::1]/x"},
		{in: "webdavs://host:443/remote.php/dav", want: "webdavs://host/remote.php/dav"},
		{in: "https://h/p@1", want: "https://h/p@1"},
		{in: "https://h:8080/p@1", want: "https://h:8080/p@1"},
		{in: "gdrive://1AbC_x-Y/d", want: "gdrive://1AbC_x-Y/d"},
		{in: "hdfs://u@N:8020/p", want: "hdfs://u@n:8020/p"},
		{in: "azure://c/p", want: "azure://c/p"},
		{in: "rclone://my-remote/p", want: "rclone://my-remote/p"},
		{in: "/mnt/share/", want: "/mnt/share"},
		{in: "file:///mnt/a%20b", want: "/mnt/a b"},
		{in: "file:///mnt/%41%c3%a9", want: "/mnt/Aé"},
		{in: "sftp://bücher.example/x", want: "sftp://bücher.example/x"},
		{in: "../share", want: "/share"},
		{in: "./a:b", want: "/p/a:b"},

		{in: "", bad: "not empty"},
		{in: " s3://b", bad: "spaces"},
		{in: "s3://b\n", bad: "control characters"},
		{in: "s3://", bad: "bucket is missing: s3://bucket/prefix"},
		{in: "s3:///x", bad: "bucket is missing"},
		{in: "s4://b/p", bad: "Did you mean s3://b/p?"},
		{in: "gcs://b", bad: "Did you mean gs://b?"},
		{in: "ssh://u@h/x", bad: "Did you mean sftp://u@h/x?"},
		{in: "az://c", bad: "Did you mean azure://c?"},
		{in: "ftp://h/p", bad: "rclone://NAME/path"},
		{in: "grpc://h", bad: "not available yet"},
		{in: "gopher://h", bad: "There are: azure, file, gdrive"},
		{in: "u@host:/srv/x", bad: "Did you mean sftp://u@host/srv/x?"},
		{in: "mydrive:folder", bad: "rclone://mydrive/folder"},
		{in: "~/store", bad: "Write the path in full"},
		{in: "file://share/x", bad: "file:///mnt/share/store"},
		{in: "s3://b/../c", bad: "no .. in it"},
		{in: "s3://b/p?endpoint=x", bad: "--option NAME=VALUE"},
		{in: "s3://me@b/p", bad: "begins with the bucket"},
		{in: "file:///mnt/%4", bad: "absolute path"},
		{in: "file:///mnt/%zz", bad: "absolute path"},
		{in: "file:///mnt/%00", bad: "absolute path"},
		{in: "sftp://[::1/x", bad: "is no host"},
		{in: "sftp://[x]/x", bad: "is no host"},
		{in: "sftp://a b/x", bad: "is no host"},
		{in: "sftp://a%2fb/x", bad: "is no host"},
		{in: "sftp://:", bad: "is no host"},
		{in: "https://u@h/p", bad: "begins with the host"},
		{in: "rclone://:local:/etc", bad: "password"}, // a connection string is none of ours; the colon might hide anything
		{in: "rclone://a,b=c/etc", bad: "name of a remote of rclone.conf"},
		{in: "sftp://h:99999/x", bad: "from 1 to 65535"},
		{in: "sftp://h:x/x", bad: "A port would be a number"},
		{in: "sftp://u:hunter2@h/p", bad: "remote login"},
		{in: "sftp://u:hunt/er2@h/p", bad: "remote login"},
		{in: "sftp://u:hunter?2@h/p", bad: "remote login"},
		{in: "sftp://u:@h/p", bad: "remote login"},
		{in: "ssh://u:hunter2@h/p", bad: "Did you mean sftp://u:…@h/p?"},
		{in: "http://h/p?sig=hunter2", bad: "no part that begins with ?"},
		{in: "u:hunter2@h:x", bad: "is no url"},
	} {
		u, err := config.ParseURL(c.in, "/p")
		switch {
		case c.bad == "" && (err != nil || u.String() != c.want):
			t.Errorf("%q: %v, %v, want %s", c.in, u, err, c.want)
		case c.bad != "" && (err == nil || !strings.Contains(err.Error(), c.bad)):
			t.Errorf("%q: %v, %v, want an error with %q", c.in, u, err, c.bad)
		case err != nil && strings.Contains(err.Error(), "hunt"):
			t.Errorf("%q: shows a secret: %v", c.in, err)
		}
		if err == nil {
			if again, err := config.ParseURL(u.String(), ""); err != nil || again != u {
				t.Errorf("%q: read again: %v, %v", c.in, again, err)
			}
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"s3://b/p", "sftp://u@h:22/x", "file:///x", "../x", "a:b@c:d/e@f", "webdav://[::1]:80/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := config.ParseURL(s, "/p")
		if err != nil {
			return
		}
		if strings.HasPrefix(u.Scheme, "file") {
			return
		}
		again, err := config.ParseURL(u.String(), "")
		if err != nil || again != u {
			t.Errorf("%q is %q, and that read again %q, %v", s, u, again, err)
		}
	})
}
