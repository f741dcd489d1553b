package builtins_test

import (
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/google/go-cmp/cmp"
)

// cases runs expressions against the JSON that they are.
func cases(t *testing.T, table map[string]string) {
	t.Helper()
	for expr, want := range table {
		got, err := eval(t, env(), expr, nil)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if d := cmp.Diff(want, asJSON(t, got)); d != "" {
			t.Errorf("%s: %s", expr, d)
		}
	}
}

// refused runs expressions that must fail.
func refused(t *testing.T, exprs ...string) {
	t.Helper()
	for _, expr := range exprs {
		if got, err := eval(t, builtins.Env{}, expr, nil); err == nil {
			t.Errorf("%s is %s", expr, asJSON(t, got))
		}
	}
}

// The digits were computed with 60-digit decimal arithmetic.
func TestPortableNumbers(t *testing.T) {
	cases(t, map[string]string{
		`logspace(-0.5, 1.25, 2)`:  `[0.316227766016838,17.7827941003892]`,
		`logspace(-2.75, 0.1, 2)`:  `[0.00177827941003892,1.25892541179417]`,
		`logspace(-20, 21, 2)`:     `[1e-20,1000000000000000000000]`,
		`logspace(2, 2, 1)`:        `[100]`,
		`linspace(0, 1, 11)`:       `[0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1]`,
		`linspace(1, -1, 3)`:       `[1,0,-1]`,
		`linspace(0.1, 0.3, 3)`:    `[0.1,0.2,0.3]`,
		`linspace(5, 9, 1)`:        `[5]`,
		`linspace(5, 9, 0)`:        `[]`,
		`pow(0.7, -3.3)`:           `3.24471433848584`,
		`pow(1.0001, 100000)`:      `22015.4560485522`,
		`pow(2, 100)`:              `1267650600228229401496703205376`,
		`pow(-2, 3)`:               `-8`,
		`pow(2, -2)`:               `0.25`,
		`pow(0.1, 3)`:              `0.001`,
		`pow(4, 0.5)`:              `2`,
		`pow(0, 0)`:                `1`,
		`pow(-1, 1000001)`:         `-1`,
		`pow(0.5, 100000)`:         `0`,
		`log(7, 2.5)`:              `2.12368201637836`,
		`log(1, 10)`:               `0`,
		`log(0.001, 10)`:           `-3`,
		`log(1024, 2)`:             `10`,
		`round(-2.5)`:              `-3`,
		`round(0.285, 2)`:          `0.29`,
		`ceil(-0.5)`:               `0`,
		`floor(-0.5)`:              `-1`,
		`floor(1e20)`:              `100000000000000000000`,
		`abs(-1e300) == 1e300`:     `true`,
		`sum([])`:                  `0`,
		`sum([0.1, 0.2]) == 0.3`:   `true`,
		`linspace(0, 1, 4)[1] * 3`: `0.999999999999999`,
		`range(0, 1, 0.25)`:        `[0,0.25,0.5,0.75]`,
		`range(5, 3)`:              `[5,4]`,
		`range(0)`:                 `[]`,
		`parseint("-101", 2)`:      `-5`,
		`tonumber("0.10")`:         `0.1`,
	})
	refused(t, `pow(0, -1)`, `pow(-2, 0.5)`, `pow(10, 400)`, `pow(10, 1000000)`, `log(0, 10)`, `log(2, 1)`, `linspace(0, 1, -1)`, `linspace(0, 1, 1.5)`,
		`range(0, 1, 0)`, `range(0, 1, -1)`, `range(100000000)`, `logspace(0, 1000, 2)`, `round(1, 2, 3)`, `round(1, -1)`, `parseint("12", 2)`, `parseint("1", 1)`,
		`tonumber("1,5")`, `tonumber(true)`, `sum(["a"])`, `sum(1)`)
}
