package dewar

import (
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// giveSecrets puts the values of x's secrets into an execution, and returns them for who has to hide
// them. It is asked for when a command is about to run: what is restored needs none.
func (s *session) giveSecrets(x *graph.Instance, e *run.Execution) ([]string, error) {
	var values []string
	var missing diag.List
	for _, secret := range x.Secrets {
		value, ok := secret.Value, secret.Param != ""
		if !ok {
			value, ok = s.p.host.LookupEnv(secret.Env)
		}
		if !ok || value == "" {
			missing = append(missing, secretMissing(x, secret))
			continue
		}
		values = append(values, value)
		e.Vars = append(e.Vars, graph.Var{Name: secret.Name, Value: value})
	}
	if len(missing) > 0 {
		return nil, run.Final(failure(missing...))
	}
	return values, nil
}

func secretMissing(x *graph.Instance, secret graph.Secret) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-secret-missing", Span: x.Span, Subject: subject(x)}
	if secret.Param != "" {
		d.Detail = fmt.Sprintf("%s needs the secret %s, and param.%s is empty.", x.Ref(), secret.Name, secret.Param)
		return d
	}
	d.Detail = fmt.Sprintf("%s needs the secret %s, and the variable %s is not set where dewar runs, or is empty. Set it: export %s=…", x.Ref(), secret.Name, secret.Env, secret.Env)
	return d
}

// hasSecretParams reports whether values are in the graph that may not be written anywhere.
func hasSecretParams(g *graph.Graph) bool {
	for i := range g.Instances {
		for _, s := range g.Instances[i].Secrets {
			if s.Param != "" {
				return true
			}
		}
	}
	return false
}
