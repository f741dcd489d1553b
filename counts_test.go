package dewar_test

import (
	"testing"

	"github.com/dewar-build/dewar"
)

// basic is a pipeline of three stages: clean drops comments, so that an edit of one
// is cut off early; train makes a directory; score a metric.
const basic = `
-- raw.txt --
# a comment
1
2
-- pipeline.hcl --
stage "clean" {
  inputs  = { raw = "raw.txt" }
  outputs = { data = "build/data.txt" }
  command = ["lines", inputs.raw, outputs.data]
}

stage "train" {
  inputs  = { data = stage.clean.outputs.data }
  outputs = { model = "build/model/" }
  command = ["train", inputs.data, outputs.model]
}

stage "score" {
  inputs  = { model = stage.train.outputs.model }
  metrics = { score = "build/score.json" }
  command = ["score", inputs.model, metrics.score]
}
`

var all = dewar.RunOptions{}

func TestFirstAndSecondRun(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all).is("all executed").warned("")
		e.executions("lines, train, score")
		e.want(map[string]string{"build/data.txt": "1\n2\n", "build/model/all.txt": "train build/data.txt build/model\nbuild/data.txt: 1\n  2\n"})
		e.run(all).is("all unchanged")
		e.executions("")
	})
}
