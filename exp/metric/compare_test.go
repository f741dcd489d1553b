package metric_test

import (
	"math"
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, text string) []metric.Leaf {
	t.Helper()
	leaves, err := metric.Read("m.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return leaves
}

func TestDiff(t *testing.T) {
	old := read(t, `{"acc":0.91,"same":1,"big":12345678901234567890,"gone":1,"text":"a","kind":1,"whole":0.5}`)
	new := read(t, `{"more":2,"acc":0.93,"same":1.0,"big":12345678901234567893,"text":"b","kind":true,"whole":2.5}`)
	var got []string
	for _, c := range metric.Diff(old, new) {
		line := c.Name + " " + literal(c.Old) + " " + literal(c.New) + " " + literal(c.Delta)
		if !c.Changed() {
			line += " same"
		}
		got = append(got, line)
	}
	want := []string{"acc 0.91 0.93 0.02", "same 1 1 0 same", "big 12345678901234567890 12345678901234567893 3", "gone 1 - -", "text 'a' 'b' -", "kind 1 true -", "whole 0.5 2.5 2", "more - 2 -"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	huge := metric.Diff([]metric.Leaf{{Name: "x", Value: frame.Num(-math.MaxFloat64)}}, []metric.Leaf{{Name: "x", Value: frame.Num(math.MaxFloat64)}})
	if huge[0].Delta.Kind != frame.Absent || !huge[0].Changed() {
		t.Errorf("%+v", huge)
	}
	if got := metric.Diff(nil, nil); len(got) != 0 {
		t.Error(got)
	}
}

func TestBetter(t *testing.T) {
	for _, c := range []struct {
		old, new string
		d        metric.Direction
		want     int
	}{
		{"1", "2", metric.Higher, 1}, {"2", "1", metric.Higher, -1}, {"1", "2", metric.Lower, -1}, {"2", "1", metric.Lower, 1},
		{"1", "2", metric.Unknown, 0}, {"1", "1.0", metric.Higher, 0}, {"1", `"x"`, metric.Higher, 0}, {"null", "1", metric.Lower, 0}, {"NaN", "1", metric.Lower, 0},
	} {
		for _, change := range metric.Diff(read(t, c.old), read(t, c.new)) {
			if got := change.Better(c.d); got != c.want {
				t.Errorf("%s -> %s, %v: %d, want %d", c.old, c.new, c.d, got, c.want)
			}
		}
	}
}

func TestGuess(t *testing.T) {
	for want, names := range map[metric.Direction][]string{
		metric.Higher: {"accuracy", "test_accuracy", "evaluate.scores:test_accuracy", "val_acc", "acc1", "acc_top5", "top1_acc", "roc_auc", "AUC", "testAccuracy",
			"f1", `["macro avg"].f1-score`, "f1_macro", "precision@k", "ndcg@10", "mAP", "mAP50-95", `["mAP@0.5"]`, "mIoU", "r2", "R2_score", "score", "bleu4",
			"neg_log_loss", "neg_mean_squared_error", "log_likelihood", "tokens_per_second", "success_rate", "true_negative_rate", "accuracy.mean", "train/accuracy"},
		metric.Lower: {"loss", "val_loss", "valLoss", "test.loss.final", "log_loss", "error_rate", "err", "mae", "MSE", "rmse", "mean_squared_error", "perplexity",
			"latency_p95", "p99_latency_ms", "seconds", "train_time_s", "time", "time_per_epoch", "brier_score", "negative_log_likelihood", "fid_score",
			"false_negatives", "cross_entropy", "wer"},
		metric.Unknown: {"", "epoch", "learning_rate", "n_samples", "accuracy_std", "loss.weight", "support", "step", "42", "entropy", "negative_class_size", "map_reduce"},
	} {
		for _, name := range names {
			if got := metric.Guess(name); got != want {
				t.Errorf("Guess(%q) = %v, want %v", name, got, want)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		in        string
		precision int
		want      string
	}{
		{"1.23456789", 5, "1.23457"}, {"3.45678912", 5, "3.45679"}, {"2.2222212", 5, "2.22222"}, {"0.5", 5, "0.5"}, {"0.1000001", 5, "0.1"},
		{"-1.23456789", 5, "-1.23457"}, {"2.5", 0, "2"}, {"3.5", 0, "4"}, {"2.675", 2, "2.67"}, {"0.99999999", 5, "1"}, {"19.999999", 3, "20"},
		{"123456.789", 2, "123456.79"}, {"1234567", 2, "1234567"}, {"12345678901234567890123", 2, "12345678901234567890123"}, {"1.5e200", 5, "1.5e+200"},
		{"0.0000012", 5, "1.2e-06"}, {"-0.0000012345678", 3, "-1.23e-06"}, {"1e-7", 5, "1e-07"}, {"0.000012", 5, "0.00001"}, {"0.3", 0, "0.3"}, {"5e-324", 5, "4.9407e-324"},
		{"0.1", 1000, "0.1000000000000000055511151231257827021181583404541015625"}, {"0.5", -1, "0.5"},
		{"0", 5, "0"}, {"0.0", 5, "0"}, {"true", 5, "true"}, {`"x.e"`, 5, "x.e"}, {"NaN", 5, "nan"},
	} {
		leaves := read(t, c.in)
		if got := metric.Format(leaves[0].Value, c.precision); got != c.want {
			t.Errorf("Format(%s, %d) = %s, want %s", c.in, c.precision, got, c.want)
		}
	}
}
