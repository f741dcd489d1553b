package layout

// Size is how much room a box takes, in whatever lengths the caller draws.
type Size struct{ W, H int }

// Point is a place in a drawing, from its top left corner.
type Point struct{ X, Y int }

// Placed is where everything of a drawing goes.
type Placed struct {
	Size
	Boxes []Point   // top left corners
	Lines [][]Point // of each edge, from the bottom of a box to the top of another: pairs, between which it crosses from layer to layer
}

// Place lays out boxes in layers. The gaps are the least space between neighbours,
// and that between layers. edges[i] leads from edges[i][0] to edges[i][1]; the graph
// must have no cycle.
func Place(boxes []Size, edges [][2]int, gapX, gapY int) Placed {
	if len(boxes) == 0 {
		return Placed{}
	}
	l := newLayers(boxes, edges, gapX)
	l.order()
	l.place()
	out := Placed{Boxes: make([]Point, len(boxes))}
	top := make([]int, len(l.rows))
	bottom := make([]int, len(l.rows))
	y := 0
	for i, row := range l.rows {
		top[i], bottom[i] = y, y
		for _, v := range row {
			bottom[i] = max(bottom[i], y+l.vs[v].height)
			out.W = max(out.W, l.vs[v].x+l.vs[v].width)
		}
		out.H, y = bottom[i], bottom[i]+gapY
	}
	for i := range boxes {
		v := &l.vs[i] // boxes come before bends
		out.Boxes[i] = Point{v.x, top[v.layer] + (bottom[v.layer]-top[v.layer]-v.height)/2}
	}
	for _, path := range l.paths {
		out.Lines = append(out.Lines, l.line(path, out.Boxes, top, bottom))
	}
	return out
}

// line is where an edge leaves a box, passes through layers, and comes to another.
func (l *layers) line(path []int, boxes []Point, top, bottom []int) []Point {
	var out []Point
	for i, at := range path {
		v := &l.vs[at]
		enter, leave := Point{v.center(), top[v.layer]}, Point{v.center(), bottom[v.layer]}
		if v.box >= 0 {
			enter.Y, leave.Y = boxes[v.box].Y, boxes[v.box].Y+v.height
		}
		if i > 0 {
			out = append(out, enter)
		}
		if i < len(path)-1 {
			out = append(out, leave)
		}
	}
	return out
}
