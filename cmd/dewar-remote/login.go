package main

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config/configmap"
	"github.com/rclone/rclone/lib/oauthutil"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// canLogin reports whether a browser can get secrets for a backend.
func canLogin(info *fs.RegInfo) bool { return info.Config != nil && info.Options.Get("token") != nil }

// Login lets a person say in their browser that we may use the place, and
// returns the token. The browser comes back to a server on this machine, which is rclone's.
func (p *program) Login(ctx context.Context, r wire.Request, show func(string)) (map[string]string, error) {
	at, err := parse(r.URL)
	if err != nil {
		return nil, err
	}
	info, err := fs.Find(at.kind.rclone)
	if err != nil || !canLogin(info) {
		return nil, misconfigured("%s:// has no login in a browser: its credentials go into secrets", at.kind.scheme)
	}
	given := maps.Clone(r.Options)
	if given == nil {
		given = map[string]string{}
	}
	maps.Copy(given, r.Secrets)
	delete(given, "token") // there is to be a new one
	if err := check(info, at.kind, given); err != nil {
		return nil, err
	}
	maps.Copy(given, at.options)
	defer visit(r.Browser, show)()
	got := configmap.Simple{}
	if err := converse(ctx, info, given, got); err != nil {
		return nil, explain(err)
	}
	if got["token"] == "" {
		return nil, failure{remote.ErrCredentials, "the browser came back without a token"}
	}
	return map[string]string{"token": got["token"]}, nil
}

// visiting guards rclone's one hook for opening pages.
var visiting sync.Mutex

// visit shows pages to the person, and opens them if they want that.
func visit(browser bool, show func(string)) (end func()) {
	visiting.Lock()
	before := oauthutil.OpenURL
	oauthutil.OpenURL = func(page string) error {
		show(page)
		if browser {
			return before(page)
		}
		return nil
	}
	return func() {
		oauthutil.OpenURL = before
		visiting.Unlock()
	}
}

// questions bounds how often rclone may ask.
const questions = 50

// converse answers what rclone asks on the way. It ends when ctx does, whatever
// rclone waits for.
func converse(ctx context.Context, info *fs.RegInfo, given, got configmap.Simple) error {
	m := configmap.New()
	m.AddGetter(got, configmap.PriorityNormal)
	m.AddGetter(given, configmap.PriorityNormal)
	m.AddGetter(defaultsOf(info), configmap.PriorityDefault)
	m.AddSetter(got)
	done := make(chan error, 1)
	go func() {
		in := fs.ConfigIn{}
		for range questions {
			out, err := fs.BackendConfig(ctx, "dewar", m, info, configmap.Simple{}, in)
			switch {
			case err != nil:
				done <- err
				return
			case out == nil || out.State == "":
				done <- nil
				return
			case out.Error != "":
				done <- misconfigured("%s", out.Error)
				return
			}
			in = fs.ConfigIn{State: out.State, Result: reply(out)}
		}
		done <- misconfigured("rclone asks too many questions")
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reply is yes to its own client id and to the browser, and else what rclone
// would take without an answer.
func reply(out *fs.ConfigOut) string {
	switch {
	case out.Option == nil:
		return out.Result
	case out.Option.Name == "config_shared_client_id", out.Option.Name == "client_id_warning", out.Option.Name == "config_is_local", out.Option.Name == "config_refresh_token":
		return "true"
	}
	return fmt.Sprint(out.Option.Default)
}
