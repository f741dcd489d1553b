package dewar

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/run"
)

// sessionImages are the images that a session has come to need. Each is brought once, by whoever needs it
// first; the lease on it ends with the project.
type sessionImages struct {
	mu sync.Mutex
	of map[graph.Image]*sessionImage
}

type sessionImage struct {
	mu  sync.Mutex // held while it is brought
	img *image.Image
	err error
}

func (k *sessionImages) get(i graph.Image) *sessionImage {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil {
		k.of = map[graph.Image]*sessionImage{}
	}
	if k.of[i] == nil {
		k.of[i] = &sessionImage{}
	}
	return k.of[i]
}

// giveImage gives an execution of the level image its root filesystem, and the environment of the image.
// Where there is no sandbox with another root, it is not brought for nothing: the executor refuses.
func (s *session) giveImage(ctx context.Context, x *graph.Instance, e *run.Execution) error {
	if x.Isolation != graph.IsolationImage || x.Native || s.p.host.OS != "linux" {
		return nil
	}
	one := s.images.get(x.Image)
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.img == nil && one.err == nil {
		ref := s.p.imageRef(x.Image)
		img, _, err := s.p.images().Bring(ctx, ref, s.imageProgress(x, ref))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			err = run.Final(imageFailure(err, ref, x))
		}
		one.img, one.err = img, err
	}
	if one.err != nil {
		return one.err
	}
	e.Image = one.img.Dir
	e.Vars = append(imageVars(x, e, one.img.Env), e.Vars...)
	return nil
}

// sayProgress is how often it is said how far an image is.
const sayProgress = 5 * time.Second

// imageProgress says that an image is being brought, and now and then how far it is.
func (s *session) imageProgress(x *graph.Instance, ref image.Ref) image.Progress {
	id := slices.IndexFunc(s.g.Instances, func(y graph.Instance) bool { return y.Ref() == x.Ref() })
	ref.Digest = "" // it fills the line and says nothing to anybody
	var said time.Time
	return func(done, total int64) {
		now := s.p.host.Now()
		if now.Sub(said) < sayProgress {
			return
		}
		said = now
		text := fmt.Sprintf("waits for the image %s, which is brought", ref)
		if total > 0 {
			text += fmt.Sprintf(": %.1f of %.1f MB", float64(done)/1e6, float64(total)/1e6)
		}
		s.notice(graph.ID(id), text)
	}
}

// imageVars are the variables of an image's configuration as far as nothing else says what they are: an
// image is named by its digest, so that they are no part of the action key. PATH is the image's unless the
// stage has one.
func imageVars(x *graph.Instance, e *run.Execution, env []string) []graph.Var {
	said := map[string]bool{}
	add := func(list []graph.Var) {
		for _, v := range list {
			said[v.Name] = true
		}
	}
	add(e.Action.Env)
	said["PATH"] = false
	add(x.Env)
	for _, b := range e.Bindings {
		add(b.Env)
	}
	for _, d := range x.Scratch {
		said[d.Env] = true
	}
	values := map[string]string{}
	var out []graph.Var
	for _, text := range env {
		name, value, ok := strings.Cut(text, "=")
		if ok && name != "" && !said[name] && !strings.ContainsRune(text, 0) {
			values[name] = value // the last counts
		}
	}
	for name, value := range values {
		out = append(out, graph.Var{Name: name, Value: value})
	}
	slices.SortFunc(out, func(a, b graph.Var) int { return strings.Compare(a.Name, b.Name) })
	return out
}
