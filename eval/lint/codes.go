package lint

// Codes returns the codes of findings, sorted. diag has what they mean.
func Codes() []string {
	return []string{
		"W-axis-idle",
		"W-compare-types",
		"W-data-unused",
		"W-depends-on-redundant",
		"W-function-unused",
		"W-ignore-idle",
		"W-input-twice",
		"W-legacy-syntax",
		"W-local-unused",
		"W-machine-path",
		"W-number-digits",
		"W-param-unused",
		"W-params-unclaimed",
		"W-path-case",
		"W-quoted-reference",
		"W-raw-needless",
		"W-sensitive-default",
		"W-text-reference",
		"W-toolchain-unused",
	}
}
