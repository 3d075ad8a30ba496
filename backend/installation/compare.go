package installation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// SectionChange is one section that two installations do not have alike.
type SectionChange struct {
	Key    string // of the file: directory, rule
	Name   string // which; "": there is but one
	Change string // added, changed, removed, reordered: all of the key are in it
	Before string // TOML; "" of what is added
	After  string // TOML; "" of what is removed
}

// Compare lists what another installation has otherwise, section by section in the order of the file. Policies and certificates count by
// what they say, not by where they are kept; in the texts a policy stands by its name, version and SHA-256. Errors: those of Bundle.
func Compare(before, after *Installation) ([]SectionChange, error) {
	was, err := comparableFile(before)
	if err != nil {
		return nil, err
	}
	is, err := comparableFile(after)
	if err != nil {
		return nil, err
	}
	old, now := sectionsOf(was), sectionsOf(is)
	var out []SectionChange
	for _, key := range sectionKeys() {
		out = append(out, compared(key, old[key], now[key])...)
	}
	return out, nil
}

// comparableFile is a file as its bundle has it, with the names of policies in the place of their texts.
func comparableFile(in *Installation) (File, error) {
	text, err := in.Bundle()
	if err != nil {
		return File{}, err
	}
	f, err := ParseFile(text)
	if err != nil {
		return File{}, err
	}
	for i, p := range in.Site.Policies() {
		f.Policies[i].SPIF, f.Policies[i].File, f.Policies[i].SHA256 = "", fmt.Sprintf("%s version %d", p.Name(), p.Version()), p.SHA256()
	}
	return f, nil
}

// compared pairs the sections of one key that are not alike, by their names. That the others stand in another order is a change too.
func compared(key string, old, now [][]byte) (out []SectionChange) {
	gone, come := lacking(old, now), lacking(now, old)
	for _, x := range gone {
		c := SectionChange{Key: key, Name: nameOf(key, x), Change: "removed", Before: strings.TrimSpace(string(x))}
		if i := slices.IndexFunc(come, func(y []byte) bool { return nameOf(key, y) == c.Name }); i >= 0 {
			c.Change, c.After = "changed", strings.TrimSpace(string(come[i]))
			come = slices.Delete(come, i, i+1)
		}
		out = append(out, c)
	}
	for _, x := range come {
		out = append(out, SectionChange{Key: key, Name: nameOf(key, x), Change: "added", After: strings.TrimSpace(string(x))})
	}
	if isReordered(old, now) {
		all := func(list [][]byte) string { return strings.TrimSpace(string(joined(list))) }
		out = append(out, SectionChange{Key: key, Change: "reordered", Before: all(old), After: all(now)})
	}
	return out
}

// nameOf is what a section is known by.
func nameOf(key string, section []byte) string {
	var f map[string]any
	if toml.Unmarshal(section, &f) != nil {
		return ""
	}
	list, ok := f[key].([]any)
	if !ok || len(list) == 0 {
		return ""
	}
	fields, _ := list[0].(map[string]any)
	return nameIn(key, fields)
}

// nameIn is what a section with these fields is known by.
func nameIn(key string, fields map[string]any) string {
	text := func(field string) string { s, _ := fields[field].(string); return s }
	switch key {
	case "policy":
		name, _, _ := strings.Cut(text("file"), " version ")
		return name
	case "route":
		return strings.TrimSpace(text("domain") + " " + text("channel"))
	case "identity":
		return strings.TrimSpace(text("user") + " " + text("dn"))
	}
	return cmp.Or(text("name"), text("address"), text("domain"), text("room"))
}
