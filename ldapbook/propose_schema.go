package ldapbook

import (
	"context"
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// schema is what a server tells of its object classes and attribute types.
type schema struct {
	classes    map[string]objectClass // by each of their names, in lower case
	attributes map[string]bool        // by each of their names, in lower case
}

// objectClass is a definition as far as it matters here.
type objectClass struct {
	name       string   // the first
	above      []string // names, in lower case
	structural bool
}

// maxDefinitions bounds what a hostile server can make one keep. Active Directory has some thousands.
const maxDefinitions = 50_000

func (r *proposing) readSchema(ctx context.Context) error {
	s := &schema{classes: map[string]objectClass{}, attributes: map[string]bool{}}
	if at := r.root["subschemasubentry"]; len(at) > 0 {
		code, err := r.ask(ctx, at[0], wire.ScopeBase, 0, "(objectClass=*)", []string{"objectClasses", "attributeTypes"},
			func(_, attr string, value []byte) {
				switch strings.ToLower(attr) {
				case "objectclasses":
					s.addClass(string(value))
				case "attributetypes":
					s.addAttribute(string(value))
				}
			})
		if err != nil {
			return err
		}
		if code == 0 && len(s.classes) > 0 {
			r.schema, r.p.SchemaRead = s, true
			return nil
		}
	}
	r.problem("The server does not show its schema: the proposal rests on the sampled entries alone.")
	return nil
}

func (s *schema) addClass(definition string) {
	words := definitionWords(definition)
	names := valuesOf(words, "NAME")
	if len(names) == 0 || len(s.classes) > maxDefinitions {
		return
	}
	c := objectClass{name: names[0], structural: !slices.Contains(words, "ABSTRACT") && !slices.Contains(words, "AUXILIARY")}
	for _, above := range valuesOf(words, "SUP") {
		c.above = append(c.above, strings.ToLower(above))
	}
	for _, name := range names {
		s.classes[strings.ToLower(name)] = c
	}
}

func (s *schema) addAttribute(definition string) {
	for _, name := range valuesOf(definitionWords(definition), "NAME") {
		if len(s.attributes) < maxDefinitions {
			s.attributes[strings.ToLower(name)] = true
		}
	}
}

// definitionWords splits a description of RFC 4512 section 4.1 into words and brackets; texts in quotes are one word each.
func definitionWords(definition string) []string {
	var words []string
	for rest := definition; ; {
		rest = strings.TrimLeft(rest, " \t\r\n$")
		switch {
		case rest == "":
			return words
		case rest[0] == '(' || rest[0] == ')':
			words = append(words, rest[:1])
			rest = rest[1:]
		case rest[0] == '\'':
			quoted, after, _ := strings.Cut(rest[1:], "'")
			words = append(words, quoted)
			rest = after
		default:
			end := strings.IndexAny(rest, " \t\r\n$()'")
			if end < 0 {
				end = len(rest)
			}
			words = append(words, rest[:end])
			rest = rest[end:]
		}
	}
}

// valuesOf returns what follows a keyword: one word, or several in brackets.
func valuesOf(words []string, keyword string) []string {
	i := slices.Index(words, keyword)
	if i < 0 || i+1 == len(words) {
		return nil
	}
	rest := words[i+1:]
	if rest[0] != "(" {
		return rest[:1]
	}
	end := slices.Index(rest, ")")
	if end < 0 {
		return nil
	}
	return rest[1:end]
}

// descends tells whether a class is another, or below it.
func (s *schema) descends(class, from string) bool {
	if s == nil {
		return strings.EqualFold(class, from)
	}
	seen := map[string]bool{}
	open := []string{strings.ToLower(class)}
	for len(open) > 0 {
		c := open[0]
		open = open[1:]
		if c == strings.ToLower(from) {
			return true
		}
		if !seen[c] {
			seen[c] = true
			open = append(open, s.classes[c].above...)
		}
	}
	return false
}

// classesByName lists structural classes whose name has the word in it.
func (s *schema) classesByName(word string) []string {
	if s == nil {
		return nil
	}
	var all []string
	for lower, c := range s.classes {
		if c.structural && strings.Contains(lower, word) && isOID(c.name) && !slices.Contains(all, c.name) {
			all = append(all, c.name)
		}
	}
	slices.Sort(all)
	return all[:min(len(all), 20)]
}
