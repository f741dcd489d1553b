package plot

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
)

// Vega and its two companions, compressed: see vega/README.md.
var (
	//go:embed vega/vega.min.js.gz
	vegaJS []byte
	//go:embed vega/vega-lite.min.js.gz
	vegaLiteJS []byte
	//go:embed vega/vega-embed.min.js.gz
	vegaEmbedJS []byte
	//go:embed vega/LICENSE.vega
	vegaLicense string
	//go:embed vega/LICENSE.vega-lite
	vegaLiteLicense string
	//go:embed vega/LICENSE.vega-embed
	vegaEmbedLicense string

	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
	//go:embed charts.js
	chartsJS string
)

// vegaScripts returns the three libraries in the order in which a page needs them.
func vegaScripts() ([]string, error) {
	var out []string
	for _, b := range [...][]byte{vegaJS, vegaLiteJS, vegaEmbedJS} {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("unpack vega: %w", err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("unpack vega: %w", err)
		}
		out = append(out, string(text))
	}
	return out, nil
}

// licenses is what has to go with them, as a comment of HTML.
func licenses() string {
	return "<!-- vega:\n" + vegaLicense + "\nvega-lite:\n" + vegaLiteLicense + "\nvega-embed:\n" + vegaEmbedLicense + "-->\n"
}

// permit is how a Content-Security-Policy names a script that may run.
func permit(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
