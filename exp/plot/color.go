package plot

import (
	"fmt"
	"math"
)

// colors tell experiments apart, for those too who see fewer colours: by
// lightness as well as hue, on white and on black. The ninth experiment begins
// again, with other dashes. Never written to.
var colors = [...]string{"#2f7fd0", "#e0761a", "#12a07a", "#c65fa0", "#d1a10a", "#55b5e5", "#b3452c", "#8a8f98"}

// ansi has the nearest of the 256 colours of a terminal.
var ansi = [...]int{33, 208, 36, 169, 178, 117, 131, 246}

func colorOf(i int) string { return colors[i%len(colors)] }
func ansiOf(i int) int     { return ansi[i%len(ansi)] }

// dashes tell files and columns apart where colours tell experiments. Never written to.
var dashes = [...][]int{{1, 0}, {6, 3}, {2, 2}, {8, 3, 2, 3}, {4, 4}}

func dashOf(i int) []int { return dashes[i%len(dashes)] }

// theme is the colours of what is not data.
type theme struct {
	paper, ink, muted, grid string
	alarm                   string
	ramp                    []string // from little to much
	strong                  string   // text on the upper half of the ramp
	weak                    string   // text on the lower half
}

func light() theme {
	return theme{
		paper: "#ffffff", ink: "#1f2430", muted: "#667080", grid: "#e6e9ef", alarm: "#b3261e",
		ramp:   []string{"#f1f6fc", "#c6dcf2", "#8fbde6", "#4a90d1", "#1f63ae", "#0b3c7a"},
		strong: "#ffffff", weak: "#1f2430",
	}
}

func dark() theme {
	return theme{
		paper: "#16181d", ink: "#e6e9ef", muted: "#98a2b3", grid: "#2c313a", alarm: "#ff8a80",
		ramp:   []string{"#1d232d", "#1f3a57", "#235a8c", "#3a86c8", "#74b4ea", "#c3e0fb"},
		strong: "#10141a", weak: "#e6e9ef",
	}
}

// viridis is the ramp of heat maps: it grows evenly to every eye and in grey. Never written to.
var viridis = [...]string{"#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"}

// blend returns the colour at t, from 0 to 1, of a ramp.
func blend(ramp []string, t float64) string {
	r, g, b := mix(ramp, t)
	return fmt.Sprintf("#%02x%02x%02x", r, g, b)
}

func mix(ramp []string, t float64) (r, g, b int) {
	t = math.Min(1, math.Max(0, t)) * float64(len(ramp)-1)
	i := min(int(t), len(ramp)-2)
	t -= float64(i)
	var from, to [3]int
	fmt.Sscanf(ramp[i], "#%02x%02x%02x", &from[0], &from[1], &from[2])
	fmt.Sscanf(ramp[i+1], "#%02x%02x%02x", &to[0], &to[1], &to[2])
	at := func(k int) int { return from[k] + int(math.Round(t*float64(to[k]-from[k]))) }
	return at(0), at(1), at(2)
}

// Ramps of a terminal, whose 256 colours have no even ones: grounds from little
// to much that read on black and on white. -1 is none. Never written to.
var (
	ansiBlues   = [...]int{-1, 23, 24, 31, 38, 45}
	ansiViridis = [...]int{53, 54, 25, 24, 30, 36, 71, 113, 149, 220}
)

// ground returns the colour of a terminal at t of a ramp.
func ground(ramp []int, t float64) int {
	return ramp[int(math.Round(math.Min(1, math.Max(0, t))*float64(len(ramp)-1)))]
}

// onGround returns black or white, whichever is read on a colour of the cube.
func onGround(color int) int {
	at := func(v int) float64 { return [...]float64{0, 95, 135, 175, 215, 255}[v%6] }
	if c := color - 16; 0.299*at(c/36)+0.587*at(c/6)+0.114*at(c) > 120 {
		return 16
	}
	return 231
}

// pale reports whether black is the better text on a colour.
func pale(ramp []string, t float64) bool {
	r, g, b := mix(ramp, t)
	return 0.299*float64(r)+0.587*float64(g)+0.114*float64(b) > 140
}
