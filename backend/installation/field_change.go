package installation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// FieldChange is one value that two texts of sections do not have alike, or a section that only one of them has.
type FieldChange struct {
	Key    string // of the section: directory, rule
	Name   string // which; "": there is but one
	Field  string // of the section, as "clearance.level"; "": all of it
	Change string // added, changed, removed
	Before string // lists are joined by ", "; "" of what is added, and of a whole section
	After  string // "" of what is removed, and of a whole section
}

// FieldChanges tells value by value what Difference wrote, in the order of the file, so that people can read it. Of texts that are not
// TOML it knows nothing: nil.
func FieldChanges(before, after string) (out []FieldChange) {
	var old, now map[string]any
	if toml.Unmarshal([]byte(before), &old) != nil || toml.Unmarshal([]byte(after), &now) != nil {
		return nil
	}
	for _, key := range sectionKeys() {
		gone, come := fieldsOf(old[key]), fieldsOf(now[key])
		for i, was := range gone {
			c := FieldChange{Key: key, Name: nameIn(key, was), Change: "removed"}
			j := slices.IndexFunc(come, func(is map[string]any) bool { return nameIn(key, is) == c.Name })
			if j < 0 && len(gone) == len(come) && len(gone) == 1 { // the one that there is has another name
				j = i
			}
			if j < 0 {
				out = append(out, c)
				continue
			}
			out = append(out, c.fields(was, come[j])...)
			come = slices.Delete(come, j, j+1)
		}
		for _, is := range come {
			out = append(out, FieldChange{Key: key, Name: nameIn(key, is), Change: "added"})
		}
	}
	return out
}

// fieldsOf is the sections of a key, of which there is a list, or but one.
func fieldsOf(v any) (out []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		for _, x := range v {
			if f, ok := x.(map[string]any); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func (c FieldChange) fields(was, is map[string]any) (out []FieldChange) {
	old, now := map[string]string{}, map[string]string{}
	flatten("", was, old)
	flatten("", is, now)
	all := maps.Clone(old)
	maps.Copy(all, now)
	for _, field := range slices.Sorted(maps.Keys(all)) {
		before, had := old[field]
		after, has := now[field]
		if had == has && before == after {
			continue
		}
		x := c
		x.Field, x.Before, x.After, x.Change = field, before, after, "changed"
		if !had {
			x.Change = "added"
		} else if !has {
			x.Change = "removed"
		}
		out = append(out, x)
	}
	return out
}

// flatten puts each value that is no table under the path to it.
func flatten(path string, v any, into map[string]string) {
	below := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			flatten(below(name), x, into)
		}
	case []any:
		var words []string
		for i, x := range v {
			if f, ok := x.(map[string]any); ok {
				flatten(below(fmt.Sprint(i+1)), f, into)
			} else {
				words = append(words, fmt.Sprint(x))
			}
		}
		if len(words) > 0 || len(v) == 0 {
			into[path] = strings.Join(words, ", ")
		}
	default:
		into[path] = fmt.Sprint(v)
	}
}
