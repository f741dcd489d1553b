package metric

import (
	"strings"
	"unicode"
)

// Direction says which values of a metric are better.
type Direction int8

const (
	Unknown Direction = iota
	Higher
	Lower
)

func (d Direction) String() string {
	return [...]string{"unknown", "higher", "lower"}[d]
}

// The words by which a direction is guessed, and phrases of two.
const (
	higher = `accuracy acc auc auroc roc_auc auprc aucpr prauc f1 fbeta fscore precision prec recall sensitivity specificity
		r2 rsquared score scores map ap iou miou jaccard dice bleu sacrebleu rouge rougel meteor cider chrf ndcg mrr hit hits
		kappa mcc reward return returns win wins success correct similarity throughput speedup psnr ssim elbo likelihood
		silhouette explained_variance tpr tnr true_positive true_positives true_negative true_negatives exact_match
		per_second per_sec per_s`
	lower = `loss losses error errors err mae mse rmse mape smape msle rmsle wer cer ter eer perplexity ppl bpc bpb nll
		latency second seconds sec secs ms millis milliseconds minutes hours time duration runtime elapsed cost divergence
		fid kid lpips brier cross_entropy residual residuals regret deviance fpr fnr false_positive false_positives
		false_negative false_negatives miss misses failure failures violation violations inertia aic bic ece`
)

// neutral words say how or on what something was measured, not what.
const neutral = `mean avg average median max min best final last first total sum overall macro micro weighted samples binary
	train training val valid validation test eval dev holdout cv oof k n p s top at per epoch rate ratio value pct percent
	percentage raw norm normalized smoothed ema`

// Guess tells by the name of a metric which values are better: by the last word
// of the name that is in a table, behind which only words stand that say how it was
// measured. A word that is in no table makes it Unknown: no guess is better than
// a wrong one.
func Guess(name string) Direction {
	words := splitWords(name)
	for i := len(words) - 1; i >= 0; i-- {
		if d, n := lookUp(words[:i+1]); d != Unknown {
			return negated(words[:i+1-n], d)
		}
		if bare := strings.TrimRight(words[i], "0123456789"); bare != "" && !has(neutral, bare) {
			return Unknown
		}
	}
	return Unknown
}

// lookUp returns the direction that the last n words say.
func lookUp(words []string) (d Direction, n int) {
	last := words[len(words)-1]
	if before := words[:len(words)-1]; len(before) > 0 {
		if d := direction(before[len(before)-1] + "_" + last); d != Unknown {
			return d, 2
		}
		if last == "score" || last == "scores" { // of what? brier_score, fid_score
			if d := direction(before[len(before)-1]); d != Unknown {
				return d, 2
			}
		}
	}
	if d := direction(last); d != Unknown {
		return d, 1
	}
	return direction(strings.TrimRight(last, "0123456789")), 1 // acc1, map50
}

func direction(word string) Direction {
	switch {
	case has(higher, word):
		return Higher
	case has(lower, word):
		return Lower
	default:
		return Unknown
	}
}

// negated turns a direction round for neg_log_loss, negative_log_likelihood and
// neg_mean_squared_error.
func negated(before []string, d Direction) Direction {
	for i := len(before) - 1; i >= 0; i-- {
		switch before[i] {
		case "neg", "negative":
			return Higher + Lower - d
		case "log", "mean", "median", "root", "squared", "absolute":
		default:
			return d
		}
	}
	return d
}

// has reports whether word is one of words.
func has(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// splitWords cuts a name at what is no letter or digit, and where a capital
// follows two small letters: valLoss has two words, mAP and mIoU are one.
func splitWords(name string) []string {
	var out []string
	var at []rune
	small := 0
	end := func() {
		if len(at) > 0 {
			out = append(out, strings.ToLower(string(at)))
		}
		at, small = nil, 0
	}
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && small >= 2:
			end()
		case unicode.IsLower(r):
			small++
		}
		if unicode.IsUpper(r) {
			small = 0
		}
		at = append(at, r)
	}
	end()
	return out
}
