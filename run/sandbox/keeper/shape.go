package keeper

// Shape says which skeleton a keeper builds. The zero Shape is the system's.
type Shape struct {
	Kind      ShapeKind
	Image     string   // ShapeImage: the host directory that is the root
	Paths     []string // host paths shown at the same place, sorted: real ones, none within another
	Links     []Link   // symbolic links, sorted by At; one whose place is taken is left out
	Processes uint64   // how many there may be at once; 0: 32,768
}

// processes is the limit: a fork bomb ends before the machine does.
func (s *Shape) processes() uint64 {
	if s.Processes == 0 {
		return 32768
	}
	return s.Processes
}

// ShapeKind is what the root of a skeleton is made of.
type ShapeKind byte

// The kinds of skeletons.
const (
	ShapeSystem ShapeKind = iota // the system's directories, read-only
	ShapeBase                    // nothing but Paths and Links
	ShapeImage                   // Image, read-only, with Paths and Links
)

// Link is a symbolic link.
type Link struct{ At, To string }

// Encode appends the shape to b. Shapes that are equal have one encoding.
func (s *Shape) Encode(b []byte) []byte {
	b = str(num(b, uint64(s.Kind)), s.Image)
	b = num(strs(b, s.Paths), uint64(len(s.Links)))
	for _, l := range s.Links {
		b = str(str(b, l.At), l.To)
	}
	return num(b, s.Processes)
}

// DecodeShape reads what Encode wrote.
func DecodeShape(b []byte) (*Shape, error) {
	d := decoder{b: b}
	s := &Shape{Kind: ShapeKind(d.num()), Image: d.str(), Paths: d.strs()}
	if n := d.count(2); n > 0 {
		s.Links = make([]Link, n)
	}
	for i := range s.Links {
		s.Links[i] = Link{d.str(), d.str()}
	}
	s.Processes = d.num()
	return s, d.end()
}
