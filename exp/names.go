package exp

import (
	"crypto/sha256"
	"encoding/binary"
)

// Generated names are easy to say and to type. The same experiment gets the
// same name again, so that a sweep that was interrupted knows its own.

// adjectives and nouns are never written to.
var (
	adjectives = [...]string{
		"able", "agile", "amber", "ample", "avid", "bold", "brave", "brief", "bright", "brisk", "calm", "candid", "clear", "clever", "cool", "crisp",
		"daring", "deep", "deft", "dense", "early", "eager", "easy", "exact", "fair", "fast", "fierce", "fine", "firm", "fleet", "fond", "frank",
		"fresh", "full", "gentle", "glad", "golden", "grand", "green", "happy", "hardy", "honest", "humble", "ideal", "jolly", "keen", "kind", "large",
		"light", "lively", "loyal", "lucid", "lunar", "merry", "mild", "modest", "neat", "noble", "novel", "olive", "plain", "polar", "prime", "proud",
		"quick", "quiet", "rapid", "rare", "ready", "rich", "royal", "rustic", "safe", "sharp", "silent", "silver", "sleek", "smart", "smooth", "snug",
		"solar", "solid", "sound", "spare", "stable", "steady", "still", "stout", "strong", "subtle", "sunny", "super", "sweet", "swift", "tall", "tidy",
		"true", "upper", "urban", "useful", "vast", "vital", "vivid", "warm", "wise", "witty", "young", "zesty",
	}
	nouns = [...]string{
		"acorn", "alder", "anchor", "apple", "arbor", "aspen", "badger", "bamboo", "basin", "beacon", "beaver", "birch", "bison", "breeze", "bridge", "brook",
		"canyon", "cedar", "cherry", "cliff", "clover", "cobalt", "comet", "condor", "coral", "cougar", "crane", "creek", "cypress", "dahlia", "delta", "dingo",
		"dolphin", "dune", "eagle", "ember", "falcon", "fern", "ferret", "finch", "fjord", "forest", "fox", "garnet", "gecko", "ginger", "glacier", "grove",
		"gull", "harbor", "hawk", "hazel", "heron", "ibis", "iris", "island", "ivory", "jackal", "jasper", "juniper", "kestrel", "koala", "lagoon", "lake",
		"larch", "laurel", "lemur", "lilac", "linden", "lynx", "magpie", "maple", "marten", "meadow", "meteor", "mink", "moss", "myrtle", "nectar", "newt",
		"ocean", "ocelot", "onyx", "opal", "orchid", "osprey", "otter", "panda", "pebble", "pelican", "penguin", "pine", "plover", "poplar", "prairie", "puffin",
		"quail", "quartz", "raven", "reef", "ridge", "river", "robin", "sable", "salmon", "seal", "sparrow", "spruce", "stork", "summit", "swan", "tapir",
		"teal", "thistle", "tiger", "topaz", "tundra", "valley", "walrus", "willow", "wombat", "wren", "yarrow", "zebra",
	}
)

// GeneratedName returns a name that content decides.
func GeneratedName(content string) string {
	sum := sha256.Sum256([]byte(content))
	a, b := binary.BigEndian.Uint32(sum[:]), binary.BigEndian.Uint32(sum[4:])
	return adjectives[a%uint32(len(adjectives))] + "-" + nouns[b%uint32(len(nouns))]
}
