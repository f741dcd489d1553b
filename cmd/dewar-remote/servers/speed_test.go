package servers

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
)

// The benchmarks put a push to S3 beside a copy by rclone to the same server:
// the ratio is how fast we are for each second that it takes. Both are given the files anew
// and an empty place in each round; the copy may use as many connections.
//
//	go test -run '^$' -bench . -benchtime 3x

func BenchmarkPush_thousandSmall(b *testing.B) { race(b, 1000, 4<<10) }
func BenchmarkPush_oneLarge(b *testing.B)      { race(b, 1, 512<<20) }

func race(b *testing.B, n, size int) {
	clone, err := built.clone()
	must(b, err)
	at := rcloneS3(b)
	c := command(b)
	dir := b.TempDir()
	var ours, theirs, start time.Duration
	for b.Loop() {
		files := filepath.Join(b.TempDir(), "files")
		must(b, os.Mkdir(files, 0o755))
		s, err := store.Open(fs.OS(), b.TempDir(), store.Options{Now: time.Now})
		must(b, err)
		var what remote.Request
		for i := range n {
			data := make([]byte, size)
			_, _ = rand.Read(data)
			must(b, os.WriteFile(filepath.Join(files, fmt.Sprint(i)), data, 0o600))
			d, err := s.Put(data)
			must(b, err)
			what.Roots = append(what.Roots, digest.Content{Kind: digest.File, Digest: d})
		}
		there := below(at)

		began := time.Now()
		p := open(b, c, there)
		start += time.Since(began)
		r, err := remote.Push(b.Context(), s, remote.Named{Name: "origin", Place: p}, what, remote.Options{})
		if must(b, err); !r.Complete() {
			b.Fatalf("%+v", r)
		}
		must(b, p.Close())
		ours += time.Since(began)

		began = time.Now()
		to := fmt.Sprintf(":s3,provider=Rclone,access_key_id=ACCESSKEY12,secret_access_key=SECRETKEY12,endpoint='%s':%s", at.Options["endpoint"], strings.TrimPrefix(below(at).URL, "s3://"))
		out, err := exec.Command(clone, "copy", "--config", filepath.Join(dir, "none"), "--transfers", "32", "--checkers", "32", files, to).CombinedOutput()
		if err != nil {
			b.Fatalf("rclone: %v: %s", err, out)
		}
		theirs += time.Since(began)
		must(b, s.Close())
	}
	rounds := float64(b.N)
	b.ReportMetric(ours.Seconds()/rounds, "s/push")
	b.ReportMetric(start.Seconds()/rounds, "s/start")
	b.ReportMetric(theirs.Seconds()/rounds, "s/rclone")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "of-rclone")
}
