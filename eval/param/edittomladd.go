package param

import (
	"slices"
	"strings"
)

// add puts a new name into the mapping at path: where a person would look for it
// among those that are there.
func (e *tomlEditor) add(path []string, name string, value *Tree) []cut {
	if at := e.line(path); at != nil { // an inline table
		return e.addInline(at, name, value)
	}
	own := e.section(path)
	dotted := e.lastDotted(path)
	switch {
	case value.Shape == Mapping && len(value.Entries) > 0 && dotted == nil:
		return e.addSection(path, append(clone(path), name), value)
	case own != nil:
		return e.addLine(own, []string{name}, value)
	case dotted != nil:
		return e.addDotted(dotted, path, name, value)
	default: // only [path.more] is there
		return e.addSection(path, path, under([]string{name}, value))
	}
}

func (e *tomlEditor) addInline(at *tomlLine, name string, value *Tree) []cut {
	b := brackets{open: at.value, close: at.end - 1, names: len(at.inline), comma: -1, pad: true}
	if b.names > 0 {
		last := at.inline[b.names-1]
		b.name, b.end, b.comma = last.name, last.end, e.comma(last.end)
	}
	return e.insert(b, ", ", func(string) string { return tomlPath([]string{name}) + " = " + e.write(value, "") })
}

// section returns the header with this path, or what is before all headers.
func (e *tomlEditor) section(path []string) *tomlSection {
	for i := range e.sections {
		if s := &e.sections[i]; s.path != nil && slices.Equal(s.path, path) {
			return s
		}
	}
	return nil
}

// dottedPlace is a line whose name leads by dots into a mapping.
type dottedPlace struct {
	section *tomlSection
	line    *tomlLine
}

// lastDotted returns the last line that makes the mapping at path by its dots.
func (e *tomlEditor) lastDotted(path []string) *dottedPlace {
	var found *dottedPlace
	for i := range e.sections {
		s := &e.sections[i]
		if s.path == nil || len(s.path) >= len(path) {
			continue
		}
		for j := range s.lines {
			if l := &s.lines[j]; len(l.path) > len(path) && slices.Equal(l.path[:len(path)], path) {
				found = &dottedPlace{s, l}
			}
		}
	}
	return found
}

func (e *tomlEditor) addDotted(at *dottedPlace, path []string, name string, value *Tree) []cut {
	below := append(clone(path[len(at.section.path):]), name)
	indent, _ := e.indent(at.line.name)
	end := e.lineEnd(at.line.end)
	return []cut{{end, end, e.eol + indent + tomlPath(below) + " = " + e.write(value, "")}}
}

// addLine puts a line below the last of a section.
func (e *tomlEditor) addLine(s *tomlSection, names []string, value *Tree) []cut {
	line := tomlPath(names) + " = " + e.write(value, "")
	switch {
	case len(s.lines) > 0:
		last := s.lines[len(s.lines)-1]
		indent, _ := e.indent(last.name)
		end := e.lineEnd(last.end)
		return []cut{{end, end, e.eol + indent + line}}
	case s.end > 0:
		indent, _ := e.indent(s.start)
		end := e.lineEnd(s.end)
		return []cut{{end, end, e.eol + indent + line}}
	case len(e.sections) > 1:
		at := e.above(e.lineStart(e.sections[1].start))
		return []cut{{at, at, line + e.eol + e.eol}}
	default:
		return []cut{e.appendLine(line)}
	}
}

// above returns where the comments begin that stand right above a header.
func (e *tomlEditor) above(header int) int {
	for at := header; ; {
		if at == 0 {
			return header // they are the file's: what is new goes below
		}
		before := e.lineStart(at - 1)
		if line := strings.TrimSpace(string(e.text[before:at])); line == "" || line[0] != '#' {
			return at
		}
		at = before
	}
}

// addSection puts a header with its lines after all that is below path.
func (e *tomlEditor) addSection(path, header []string, value *Tree) []cut {
	last := len(e.sections) - 1
	for i, s := range e.sections {
		if s.path != nil && len(path) > 0 && len(s.path) >= len(path) && slices.Equal(s.path[:len(path)], path) {
			last = i
		}
	}
	for last+1 < len(e.sections) && e.sections[last+1].path == nil { // [[lists]] may be below it as well
		last++
	}
	s := e.sections[last]
	end := s.end
	if len(s.lines) > 0 {
		end = s.lines[len(s.lines)-1].end
	}
	end = e.lineEnd(end)
	w := &tomlWriter{}
	w.b.WriteString("[" + tomlPath(header) + "]\n")
	w.table(value, tomlPath(header))
	text := e.lines("", strings.Split(strings.TrimSuffix(w.b.String(), "\n"), "\n"))
	if last == 0 && len(s.lines) == 0 { // nothing is there yet but comments
		return []cut{e.appendLine(text)}
	}
	return []cut{{end, end, e.eol + e.eol + text}}
}
