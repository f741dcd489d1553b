package eval

// stopped is what an evaluation ends with that nobody waits for any more. It is thrown, since
// whatever is being evaluated has no value then, and nothing wrong with it either.
type stopped struct{}

// askEvery is how many expressions, turns and calls there are between two questions whether
// somebody waits: a question takes as long as a few of them.
const askEvery = 1 << 8

// going asks now and then whether somebody still waits for the evaluation, and ends it if nobody does.
func (f *family) going() {
	if f.ticks++; f.ticks%askEvery == 0 {
		f.ask()
	}
}

func (f *family) ask() {
	if f.stop != nil && f.stop() {
		panic(stopped{})
	}
}

// stoppable evaluates, and reports whether it came to its end.
func stoppable(f func()) (ended bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(stopped); !ok {
				panic(r)
			}
		}
	}()
	f()
	return true
}
