package verify

import (
	"fmt"
	"slices"
	"strings"
)

// Cause is a usual reason for two executions to differ.
type Cause struct {
	Name   string // one of those in spec/verify.md
	Reason string // what speaks for it, a sentence
	Advice string // what to do, a sentence
}

// Circumstances are what experiments with the action found out.
type Circumstances struct {
	Matter   []string // the variations under which it differs, and without which it does not
	Settled  []string // what, held fast, makes executions agree that else do not: "hash", "cpus"
	Withheld []string // params that the file holds and the stage does not declare, where the whole file matters
	Mentions []string // of them, those that a source of the stage names, and where
	Locale   string   // that was tried
	Command  string   // as it was written
}

// Causes names the causes that the evidence speaks for, the surest first. It is never empty.
func (r *Report) Causes(x Circumstances) []Cause {
	e := &r.evidence
	out := append(e.experiments(x), e.signs()...)
	out = append(out, e.orders(x)...)
	out = append(out, e.amounts(x)...)
	if len(out) == 0 {
		out = append(out, Cause{"unknown", "Nothing of what usually makes results differ was recognised.",
			"Look at the place above in both versions, and at what the command reads that is not an input: the clock, random numbers, threads."})
	}
	return slices.CompactFunc(out, func(a, b Cause) bool { return a.Name == b.Name })
}

// Unordered reports whether what differs is the same in another order, or numbers that may have been added up in
// another: the bytes do not tell a hash from threads, and executing the action with one of them held fast does.
func (r *Report) Unordered() bool {
	e := &r.evidence
	return e.reordered != "" || e.count > 0 && e.apart <= noise
}

// Suspects are the variations that the difference speaks for; the later, the likelier.
func (r *Report) Suspects() []string {
	e := &r.evidence
	var out []string
	if e.count > 0 {
		out = append(out, "cpus", "params")
	}
	if e.reordered != "" {
		out = append(out, "order")
	}
	if e.seen[signPath].n > 0 {
		out = append(out, "tmp")
	}
	if e.seen[signHost].n > 0 {
		out = append(out, "host")
	}
	return out
}

// experiments are causes that were tried out.
func (e *evidence) experiments(x Circumstances) []Cause {
	var out []Cause
	add := func(name, reason, advice string) { out = append(out, Cause{name, reason, advice}) }
	for _, v := range x.Matter {
		switch v {
		case "params":
			add("params", "The result is another one with the whole params file in place of the params that the stage declares: the command reads "+e.withheld(x)+", and takes a default where it is not there.",
				"Name it in `params` of the stage, or read the file without a default.")
		case "order":
			add("listing", "The result is another one when directories are listed in another order.", "Sort the list: sorted(os.listdir(…)), sorted(glob.glob(…)), `ls` without -U, `find … | sort`.")
		case "host":
			add("host", "The result is another one on a machine of another name.", "Leave the name of the machine out of what is written.")
		case "tmp":
			add("path", "The result is another one with another temporary directory.", "Leave temporary paths out of what is written; write relative paths.")
		case "cpus":
			add("threads", "The result is another one with one processor.", "Do not let what is computed depend on the number of processors: fix the number of threads and of parts (OMP_NUM_THREADS), or add up in a fixed order.")
		case "locale":
			add("locale", "The result is another one in the locale "+x.Locale+".", "dewar always sets LC_ALL=C.UTF-8, so this does no harm here. Set the locale in the command if it is to be right elsewhere: LC_ALL=C sort.")
		}
	}
	for _, v := range x.Settled {
		switch v {
		case "hash":
			add("hash", "With a fixed seed for hashing the result is always the same: it follows the order of a set or a hash.", "Sort what comes out of a set or a hash before it is written: sorted(…), `sort keys`.")
		case "cpus":
			add("threads", "With one processor and one thread the result is always the same.", "What runs at the same time must not decide the order: gather the parts and put them in a fixed order, or use one thread.")
		}
	}
	return out
}

// withheld names the params that may be meant.
func (e *evidence) withheld(x Circumstances) string {
	switch {
	case len(x.Mentions) > 0:
		return strings.Join(x.Mentions, ", ")
	case len(x.Withheld) == 0:
		return "a param that it does not declare"
	case len(x.Withheld) == 1:
		return x.Withheld[0]
	}
	return "one of " + strings.Join(x.Withheld, ", ")
}

// signs are causes that show in the bytes.
func (e *evidence) signs() []Cause {
	var out []Cause
	add := func(sign, name, reason, advice string) {
		if s := e.seen[sign]; s.n > 0 {
			out = append(out, Cause{name, fmt.Sprintf(reason, s.example), advice})
		}
	}
	const takeOut = "Leave the time out, or take it from SOURCE_DATE_EPOCH, which dewar sets."
	add(signHost, "host", "The name of the machine is in the result (%s).", "Leave the name of the machine out of what is written.")
	add(signTime, "time", "The time of the execution is in the result (%s).", takeOut)
	add(signArchive, "time", "The time of the execution is in %s.", "Write archives without times: gzip -n, tar --mtime=@$SOURCE_DATE_EPOCH --sort=name, zip -X after touch -d @$SOURCE_DATE_EPOCH; in Python gzip.GzipFile(mtime=0), zipfile.ZipInfo.")
	add(signMeasure, "time", "It measures how long something takes (%s).", "Write durations to the log, and not into an output.")
	add(signPath, "path", "The path of a temporary file is in the result (%s).", "Leave temporary paths out of what is written; write relative paths.")
	add(signAddress, "address", "An address of memory is in the result (%s).", "Give the object a text of its own (__repr__), or leave it out.")
	add(signPid, "pid", "The number of a process is in the result (%s).", "Leave the numbers of processes and threads out of what is written.")
	add(signRandom, "random", "A random identifier is in the result (%s).", "Make it of the content, or of a seed: uuid5 in place of uuid4.")
	return out
}

// orders are about what is the same in another order.
func (e *evidence) orders(x Circumstances) []Cause {
	if e.reordered == "" || slices.Contains(x.Matter, "order") || len(x.Settled) > 0 || slices.Contains(x.Matter, "cpus") {
		return nil
	}
	reason := "It holds the same " + e.reordered + " in another order"
	switch {
	case strings.Contains(x.Command, "PYTHONHASHSEED") || strings.Contains(x.Command, "PERL_HASH_SEED"):
		return []Cause{{"hash", reason + ", and the command sets the seed for hashing.", "Do not set PYTHONHASHSEED to random; sort what comes out of a set or a hash before it is written."}}
	case e.files:
		return []Cause{{"order", reason + ": that of a directory, or of processes that ran at the same time.", "Sort the names before they are written."}}
	}
	return []Cause{{"order", reason + ": that of a set or a hash, or of processes that ran at the same time.", "Sort what is written, and put what ran at the same time in a fixed order."}}
}

// amounts are about how much differs.
func (e *evidence) amounts(x Circumstances) []Cause {
	var out []Cause
	digits := min(1, e.seen[signDigits].n)
	known := len(x.Matter) > 0 || len(x.Settled) > 0 || len(e.seen) > digits
	switch {
	case e.count > 0 && e.apart <= noise || e.doubtful > 0 && e.close == e.doubtful && e.count == 0:
		out = append(out, Cause{"noise", fmt.Sprintf("Numbers differ in their last digits only (%s).", apartText(e.apart)),
			"They were added up in another order: fix the number of threads (OMP_NUM_THREADS=1), or check metrics with --tolerance."})
	case known || e.reordered != "":
	case e.count > 0:
		out = append(out, Cause{"random", fmt.Sprintf("Numbers are others altogether (%s).", apartText(e.apart)),
			"Set the seed of every random generator: random.seed, numpy.random.default_rng(seed), torch.manual_seed, random_state=…"})
	case digits > 0 || e.sampled >= 16 && 4*e.unlike > 3*e.sampled:
		out = append(out, Cause{"random", "What differs has nothing in common, as random bytes have not.",
			"Set the seed of every random generator; do not read /dev/urandom. If it is encrypted or compressed, look at what is in it."})
	case e.pixels:
		out = append(out, Cause{"random", "The pixels of a picture differ.", "Look at what is drawn: it may have a time in it, or points that are placed by chance. Set the seed."})
	}
	if e.compressed {
		out = append(out, Cause{"compression", "What is packed is the same, and it is compressed in another way.", "Fix the number of threads of the compressor, and its version."})
	}
	return out
}

func apartText(apart float64) string {
	if apart == 0 {
		return "far below a millionth of them"
	}
	return fmt.Sprintf("by at most %.2g of them", apart)
}
