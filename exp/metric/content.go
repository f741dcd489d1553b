package metric

import (
	"encoding/json"

	"github.com/dewar-build/dewar/exp/frame"
)

// Content returns what a metrics file holds as conditions see it: nil, bool,
// string, json.Number, []any and map[string]any. Of a table it is its last row,
// by column.
func Content(name string, b []byte) (any, error) {
	if format(name) != documentFormat {
		leaves, err := Read(name, b)
		if err != nil {
			return nil, err
		}
		row := make(map[string]any, len(leaves))
		for _, l := range leaves {
			row[l.Name] = scalar(l.Value)
		}
		return row, nil
	}
	t, err := frame.Document(name, b)
	if err != nil {
		return nil, err
	}
	return content(t), nil
}

func content(t *frame.Tree) any {
	switch t.Shape {
	case frame.List:
		list := make([]any, len(t.Items))
		for i, item := range t.Items {
			list[i] = content(item)
		}
		return list
	case frame.Mapping:
		m := make(map[string]any, len(t.Items))
		for i, item := range t.Items {
			m[t.Names[i]] = content(item)
		}
		return m
	}
	return scalar(t.Value)
}

func scalar(v frame.Value) any {
	switch v.Kind {
	case frame.Number:
		return json.Number(v.Text)
	case frame.Bool:
		return v.Text == "true"
	case frame.Text:
		return v.Text
	}
	return nil
}
