package installation

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// stretch is a part of a file's text: the section of one key with all tables within it and the comments right before it, or, without
// a key, what stands before the first section.
type stretch struct {
	key  string
	lead []byte // comments
	body []byte
}

var aHeader = regexp.MustCompile(`^[ \t]*\[\[?[ \t]*([A-Za-z0-9_-]+)[ \t]*([.\]])`)

// stretches takes a text apart. What only looks like a header, in a text of several lines, is taken for one: whoever puts the parts
// together again holds the result to what it should mean.
func stretches(text []byte) []stretch {
	out := []stretch{{}}
	var comments []byte
	for line := range bytes.Lines(text) {
		last := &out[len(out)-1]
		m := aHeader.FindSubmatch(line)
		switch {
		case m != nil && (string(m[2]) == "]" || string(m[1]) != last.key): // [[x]], not [x.y] within it
			out = append(out, stretch{key: string(m[1]), lead: comments, body: slices.Clone(line)})
			comments = nil
		case bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")):
			comments = append(comments, line...)
		default:
			last.body = append(append(last.body, comments...), line...)
			comments = nil
		}
	}
	last := &out[len(out)-1]
	last.body = append(last.body, comments...)
	return out
}

// sectioned is the old text with the sections that are others now in the place of the old ones, new ones behind the last of their kind,
// and without those that are gone. Sections that stay as they were keep their text, comments and all.
func sectioned(old []byte, before, after File) []byte {
	parts := stretches(old)
	was, is := sectionsOf(before), sectionsOf(after)
	kept := textsOf(parts, was)
	if kept == nil {
		return nil
	}
	var out [][]byte
	left := map[string]int{}
	for _, part := range parts {
		left[part.key]++
	}
	seen := map[string]int{}
	for _, part := range parts {
		if part.key == "" {
			out = append(out, part.body)
			continue
		}
		slots, rest := laidOut(was[part.key], is[part.key])
		now := slots[seen[part.key]]
		seen[part.key]++
		if seen[part.key] == left[part.key] {
			now = slices.Concat(now, rest)
		}
		for i, text := range now {
			former, isKept := kept[string(text)]
			switch {
			case isKept:
				text = former
			case i == 0: // what is said of the section that was changed
				text = slices.Concat(part.lead, text)
			}
			out = append(out, text)
		}
	}
	for _, key := range sectionKeys() {
		if seen[key] == 0 {
			out = append(out, is[key]...)
		}
	}
	return joined(out)
}

// textsOf is how each section that was read stands in the text; nil: the text misleads, it has sections that were not read.
func textsOf(parts []stretch, was map[string][][]byte) map[string][]byte {
	out, seen := map[string][]byte{}, map[string]int{}
	for _, part := range parts {
		n := seen[part.key]
		seen[part.key]++
		switch {
		case part.key == "":
		case n >= len(was[part.key]):
			return nil
		default:
			out[string(was[part.key][n])] = slices.Concat(part.lead, part.body)
		}
	}
	return out
}

// laidOut lays the sections of a key, as they are now, over those that were: for each of those what stands there now, and what comes
// behind all of them.
func laidOut(was, is [][]byte) (slots [][][]byte, rest [][]byte) {
	slots = make([][][]byte, len(was))
	next := 0
	for i, text := range was {
		at := indexOf(is[next:], text)
		switch {
		case at >= 0:
			slots[i] = is[next : next+at+1]
			next += at + 1
		case next < len(is) && indexOf(was[i+1:], is[next]) < 0: // it was changed
			slots[i] = is[next : next+1]
			next++
		}
	}
	return slots, is[next:]
}

func indexOf(list [][]byte, text []byte) int {
	return slices.IndexFunc(list, func(x []byte) bool { return bytes.Equal(x, text) })
}

// joined puts parts together with one empty line before each section.
func joined(parts [][]byte) []byte {
	var out []byte
	for _, x := range parts {
		x = bytes.Trim(x, "\n")
		if len(x) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, "\n\n"...)
		}
		out = append(out, x...)
	}
	return append(out, '\n')
}

// sectionsOf writes each section of a file, by key; an omitted one is not there.
func sectionsOf(f File) map[string][][]byte {
	out := map[string][][]byte{}
	v := reflect.ValueOf(f)
	for i, key := range sectionFields() {
		if key == "" {
			continue
		}
		field := v.Field(i)
		if field.Kind() == reflect.Slice {
			for j := range field.Len() {
				one := reflect.MakeSlice(field.Type(), 0, 1)
				out[key] = append(out[key], sectionText(key, reflect.Append(one, field.Index(j)).Interface()))
			}
		} else if !field.IsZero() {
			out[key] = [][]byte{sectionText(key, field.Interface())}
		}
	}
	return out
}

func sectionText(key string, value any) []byte {
	text, err := toml.Marshal(map[string]any{key: value})
	if err != nil {
		return nil
	}
	return text
}

// sectionFields is the key of each field of File that is a section.
func sectionFields() []string {
	var out []string
	for field := range reflect.TypeFor[File]().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
		if k := field.Type.Kind(); k != reflect.Slice && k != reflect.Struct {
			key = ""
		}
		out = append(out, key)
	}
	return out
}

func sectionKeys() []string {
	return slices.DeleteFunc(sectionFields(), func(key string) bool { return key == "" })
}
