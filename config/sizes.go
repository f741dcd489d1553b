package config

import (
	"math"
	"strconv"
	"strings"
)

// units, longer names first: the one that a text ends with is found so.
var units = []struct {
	name  string
	bytes float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"KB", 1e3}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// ParseSize reads "200GB", "1.5 TiB", "4096".
func ParseSize(s string) (int64, bool) {
	number, unit := strings.TrimSpace(s), 1.0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	if strings.Trim(number, "0123456789.") != "" {
		return 0, false // what ParseFloat takes beside: signs, exponents, Inf
	}
	f, err := strconv.ParseFloat(number, 64)
	if f *= unit; err != nil || f < 1 || f >= math.MaxInt64 {
		return 0, false
	}
	return int64(f), true
}
