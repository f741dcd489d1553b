package builtins

import (
	"cmp"
	"slices"
	"strings"
)

// People come from Python, Terraform, Hydra and Snakemake, and call what they know from
// there. The function here that is spelled most like it is seldom the one that does it.

// Instead says what to write in place of a function that others have and the language has
// not, in sentences; "" of any other name.
func Instead(name string) string {
	if n := strings.LastIndex(name, "::"); n >= 0 && n+2 < len(name) {
		if instead := Instead(name[n+2:]); instead != "" {
			return "Functions have no namespaces. " + instead
		}
		return "Functions have no namespaces: write " + name[n+2:] + "."
	}
	at, found := slices.BinarySearchFunc(elsewhere, strings.ToLower(name), func(x foreign, name string) int { return cmp.Compare(x.name, name) })
	if !found {
		return ""
	}
	return elsewhere[at].instead
}

// foreign is a function that others have.
type foreign struct {
	name    string // in lower case
	instead string // what to write here, in sentences
}

// What is said of more than one name.
const (
	noAngles   = "There are no functions of angles: give the number itself, or have the command of a stage calculate it."
	noBytes    = "There are texts, which are UTF-8, and no bytes: base64encode(text) writes those of a text."
	noCatching = "Mistakes are not values in this language: ask for what may be missing with a conditional or a default."
	noChance   = "There is no chance without a seed: sample(list, n, seed) draws, and repeat(points, n) gives each point an axis seed."
	noClock    = "What a pipeline means does not depend on the day. Declare a param for it, which -p sets."
	noCommand  = "Nothing is run while a pipeline is read. What computes is the command of a stage."
	noEnviron  = "What a pipeline means does not depend on the environment. Declare a param, which -p sets; a command is given variables with pass_env or secrets."
	noGuard    = "Outputs need no word of that kind: they are kept in the cache once they are made, and come back from there."
	noHash     = "An input is in the action key with the digest of its bytes, so that none has to be asked for; that of a text is sha256(file(\"…\"))."
	noMachine  = "Paths are relative to the pipeline, which may lie elsewhere tomorrow: joinpath puts them together."
	noNetwork  = "There is no arithmetic of addresses: write them as texts."
	noPacking  = "Nothing is packed or unpacked while a pipeline is read: the command of a stage does it."
	noSecrecy  = "A param with sensitive = true is sensitive wherever it goes, and what is made of it is too."
	noTemplate = "A template is a heredoc with ${…} in it; native = { kind = \"template\", text = … } writes one to a file."
	noTypes    = "No type has to be asked for: a param declares its own, and what is given is checked against it."

	asChoice   = "A choice is written CONDITION ? VALUE : OTHER."
	asCombine  = "Every combination is grid({ a = […], b = […] })."
	asFilter   = "Write [for x in list : x if CONDITION]."
	asFile     = "The text of a file is file(\"…\"); csvdecode, jsondecode, tomldecode and yamldecode read what is in it."
	asFold     = "Lists are put together by sum(list), max(list...), merge(list...) and join(separator, list)."
	asFormat   = "Write format(\"%x\", n): %x is hexadecimal, %o octal, %b binary."
	asFunction = "A block declares a function: function \"NAME\" with params = { x = number } and result = x + 1."
	asFiles    = "Write glob(\"data/*.csv\"), or files(data.NAME, \"*.csv\") for points."
	asList     = "A list is written [a, b]."
	asMean     = "Write sum(list) / length(list)."
	asObject   = "An object is written { a = 1 }; zipmap(names, values) makes one of two lists."
	asStrip    = "Write trimspace(text), or trim(text, \"characters\")."
	asText     = "Write tostring(x), or \"${x}\"."
	asWhole    = "Write floor(x), or round(x); of a text floor(tonumber(text))."
	ofResults  = "Statistics of results are computed by the command of a stage, which writes them as metrics."
)

// elsewhere are the functions of others, sorted by name.
var elsewhere = []foreign{
	{"abspath", noMachine},
	{"accumulate", asFold},
	{"all", "Write alltrue(list)."},
	{"ancient", noGuard},
	{"any", "Write anytrue(list)."},
	{"append", "Write concat(list, [x])."},
	{"arange", "Write range(start, stop, interval)."},
	{"argmax", "Write index(list, max(list...))."},
	{"argmin", "Write index(list, min(list...))."},
	{"array", asList},
	{"ascii", "Write jsonencode(x)."},
	{"average", asMean},
	{"avg", asMean},
	{"base64gunzip", noPacking},
	{"base64gzip", noPacking},
	{"bcrypt", "It gives another text each time, and a pipeline means the same each time: sha256(text) does."},
	{"bin", asFormat},
	{"bool", "Write tobool(x)."},
	{"bytearray", noBytes},
	{"bytes", noBytes},
	{"callable", noTypes},
	{"can", noCatching},
	{"capitalize", "Write title(text)."},
	{"chain", "Write concat(list, other), or flatten(lists)."},
	{"choice", noChance},
	{"choices", noChance},
	{"chr", "A character is written by its number in quotes: \"\\u00e9\"."},
	{"cidrcontains", noNetwork},
	{"cidrhost", noNetwork},
	{"cidrnetmask", noNetwork},
	{"cidrsubnet", noNetwork},
	{"cidrsubnets", noNetwork},
	{"clamp", "Write min(max(x, low), high)."},
	{"clip", "Write min(max(x, low), high)."},
	{"compile", noCommand},
	{"complex", "There are no complex numbers."},
	{"cos", noAngles},
	{"count", "Write length([for x in list : x if CONDITION])."},
	{"date", noClock},
	{"datetime", noClock},
	{"default", "Write coalesce(x, default), or lookup(object, name, default)."},
	{"delattr", "Write { for name, value in object : name => value if name != \"…\" }."},
	{"dict", asObject},
	{"dictsort", "The names of an object are sorted: keys(object), values(object)."},
	{"difference", "Write setsubtract(list, without)."},
	{"directory", "A path with a slash at its end is that of a directory: outputs = { model = \"model/\" }."},
	{"divmod", "Write floor(a / b), and a % b."},
	{"dumps", "Write jsonencode(x), or yamlencode(x)."},
	{"enumerate", "Write [for i, x in list : …]."},
	{"env", noEnviron},
	{"environ", noEnviron},
	{"ephemeralasnull", noSecrecy},
	{"error", "An assert block says what must be true, and what is wrong if it is not."},
	{"eval", noCommand},
	{"exec", noCommand},
	{"exists", "Write fileexists(path)."},
	{"exp", "Write pow(2.718281828459045, x)."},
	{"expand", asCombine},
	{"expanduser", noMachine},
	{"expandvars", noEnviron},
	{"extend", "Write concat(list, other)."},
	{"filebase64", asFile},
	{"filebase64sha256", noHash},
	{"filebase64sha512", noHash},
	{"filemd5", noHash},
	{"fileset", asFiles},
	{"filesha1", noHash},
	{"filesha256", noHash},
	{"filesha512", noHash},
	{"filter", asFilter},
	{"findall", "Write regexall(pattern, text)."},
	{"first", "Write list[0]."},
	{"float", "Write tonumber(text)."},
	{"from_json", "Write jsondecode(text)."},
	{"from_yaml", "Write yamldecode(text)."},
	{"fromjson", "Write jsondecode(text)."},
	{"fromkeys", "Write { for name in names : name => value }."},
	{"fromyaml", "Write yamldecode(text)."},
	{"frozenset", "Write toset(list)."},
	{"get", "Write lookup(object, name, default)."},
	{"getattr", "Write lookup(object, name, default)."},
	{"getenv", noEnviron},
	{"glob_wildcards", "Points of the files that there are: for_each = files(data.NAME, \"*.csv\")."},
	{"groupby", "Write { for x in list : x.NAME => x... }."},
	{"gsub", "Write regexreplace(text, pattern, replacement)."},
	{"hasattr", "Write contains(keys(object), name)."},
	{"hash", "Write sha256(text), and sha256(jsonencode(x)) of anything else."},
	{"haskey", "Write contains(keys(object), name)."},
	{"hex", asFormat},
	{"id", "Write sha256(jsonencode(x)); a point of a stage has each.key."},
	{"if", asChoice},
	{"ifelse", asChoice},
	{"iif", asChoice},
	{"input", "Nobody is asked: declare a param, which -p sets, or an entry of inputs."},
	{"int", asWhole},
	{"intersection", "Write setintersection(list, list)."},
	{"isdir", "Write length(glob(\"DIRECTORY/*\")) > 0."},
	{"isfile", "Write fileexists(path)."},
	{"isinstance", noTypes},
	{"isna", "Write x == null."},
	{"isnan", "Numbers are always numbers here, and what is missing is null: x == null."},
	{"isnull", "Write x == null."},
	{"issensitive", noSecrecy},
	{"issubclass", noTypes},
	{"items", "Write for name, value in object, as in [for name, value in object : …]."},
	{"iter", "Write [for x in list : …]."},
	{"lambda", asFunction},
	{"last", "Write list[length(list) - 1]."},
	{"len", "Write length(x)."},
	{"list", asList},
	{"listdir", asFiles},
	{"ln", "Write log(x, 2.718281828459045)."},
	{"load", asFile},
	{"loads", "Write jsondecode(text), yamldecode(text) or tomldecode(text)."},
	{"locals", "The names of the block locals are local.NAME."},
	{"log10", "Write log(x, 10)."},
	{"log2", "Write log(x, 2)."},
	{"loguniform", "Values to try are logspace(-3, 1, 5), which are 0.001 to 10, or those of an experiment block."},
	{"lowercase", "Write lower(text)."},
	{"lstrip", asStrip},
	{"map", "Write [for x in list : …] for a list, { a = 1 } for an object."},
	{"match", "Write regex(pattern, text)."},
	{"mean", asMean},
	{"median", "Write sort(list)[floor(length(list) / 2)]."},
	{"memoryview", noBytes},
	{"multiext", "Write [for e in [\".csv\", \".json\"] : \"NAME${e}\"]."},
	{"next", "Write list[0]."},
	{"nonsensitive", noSecrecy},
	{"norm", ofResults},
	{"not", "Write !x."},
	{"now", noClock},
	{"object", asObject},
	{"oct", asFormat},
	{"ones", "Write [for i in range(n) : 1]."},
	{"open", asFile},
	{"optional", "optional stands in types alone; elsewhere what is left out is null."},
	{"ord", "There are no numbers of characters; a text is compared as it is."},
	{"pathexpand", noMachine},
	{"percentile", ofResults},
	{"plantimestamp", noClock},
	{"power", "Write pow(x, power)."},
	{"print", "Nothing is printed while a pipeline is read: `dewar show` shows what became of a stage."},
	{"prod", "There is no product of a list: write a * b."},
	{"product", asCombine},
	{"protected", noGuard},
	{"quantile", ofResults},
	{"quote", "Values in a command are quoted by themselves; raw(text) puts one in as it is."},
	{"rand", noChance},
	{"randint", noChance},
	{"randn", noChance},
	{"random", noChance},
	{"read", asFile},
	{"read_csv", "Write csvdecode(file(\"…\"))."},
	{"read_json", "Write jsondecode(file(\"…\"))."},
	{"readfile", asFile},
	{"realpath", noMachine},
	{"reduce", asFold},
	{"removeprefix", "Write trimprefix(text, prefix)."},
	{"removesuffix", "Write trimsuffix(text, suffix)."},
	{"render", noTemplate},
	{"repr", "Write jsonencode(x)."},
	{"reversed", "Write reverse(list)."},
	{"rsadecrypt", "Nothing is decrypted while a pipeline is read: a command is given secrets."},
	{"rstrip", asStrip},
	{"run", noCommand},
	{"search", "Write regexall(pattern, text), and length of that."},
	{"select", asFilter},
	{"sensitive", noSecrecy},
	{"set", "Write toset(list)."},
	{"setattr", "Write merge(object, { name = value })."},
	{"shell", noCommand},
	{"shuffle", "Write sample(list, length(list), seed)."},
	{"sin", noAngles},
	{"size", "Write length(x)."},
	{"sorted", "Write sort(list)."},
	{"splitext", "Write stem(path) and extension(path)."},
	{"splitlines", "Write split(\"\\n\", chomp(text))."},
	{"sprintf", "Write format(\"%s\", x)."},
	{"sqrt", "Write pow(x, 0.5)."},
	{"square", "Write pow(x, 2)."},
	{"std", ofResults},
	{"stdev", ofResults},
	{"str", asText},
	{"strftime", "Write formatdate(\"YYYY-MM-DD\", time)."},
	{"string", asText},
	{"strip", asStrip},
	{"strlen", "Write length(text)."},
	{"sub", "Write regexreplace(text, pattern, replacement)."},
	{"subprocess", noCommand},
	{"substring", "Write substr(text, offset, length)."},
	{"super", noCommand},
	{"switch", "Write lookup({ a = 1, b = 2 }, x, default)."},
	{"system", noCommand},
	{"tan", noAngles},
	{"tanh", noAngles},
	{"temp", noGuard},
	{"templatefile", noTemplate},
	{"templatestring", noTemplate},
	{"temporary", noGuard},
	{"textdecodebase64", "Texts are UTF-8: base64decode(text)."},
	{"textencodebase64", "Texts are UTF-8: base64encode(text)."},
	{"time", noClock},
	{"timestamp", noClock},
	{"to_json", "Write jsonencode(x)."},
	{"to_yaml", "Write yamlencode(x)."},
	{"today", noClock},
	{"tofloat", "Write tonumber(text)."},
	{"toint", asWhole},
	{"tojson", "Write jsonencode(x)."},
	{"tolower", "Write lower(text)."},
	{"touch", noGuard},
	{"toupper", "Write upper(text)."},
	{"toyaml", "Write yamlencode(x)."},
	{"trunc", asWhole},
	{"try", noCatching},
	{"tuple", asList},
	{"type", noTypes},
	{"typeof", noTypes},
	{"uniform", noChance},
	{"union", "Write setunion(list, list)."},
	{"unique", "Write distinct(list)."},
	{"unpack", "A list is given as the value of one entry of inputs."},
	{"update", "Write merge(object, other)."},
	{"uppercase", "Write upper(text)."},
	{"uuid", noChance},
	{"uuid4", noChance},
	{"uuidv5", "Write sha256(text), which is the same for the same text."},
	{"var", ofResults},
	{"variance", ofResults},
	{"vars", asObject},
	{"walk", asFiles},
	{"wildcards", "What a point is, is each.NAME."},
	{"zeros", "Write [for i in range(n) : 0]."},
}
