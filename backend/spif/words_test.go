package spif

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
)

// Every rule has words in every language, and a language has no words for rules that do not exist.
func TestEveryRuleHasWords(t *testing.T) {
	for lang, book := range phrasebooks {
		for rule := range phrasebooks["en"].rules {
			if book.rules[rule] == "" {
				t.Errorf("%s: no words for %s", lang, rule)
			}
		}
		if len(book.rules) != len(phrasebooks["en"].rules) || len(book.groups) != 3 {
			t.Errorf("%s: %d rules, %d operations", lang, len(book.rules), len(book.groups))
		}
	}
}

// The words of a problem name what it is about, in one line, with nothing left of a template.
func TestWordsFillEveryField(t *testing.T) {
	p := Problem{
		TagSet: "SET", Subject: "SUBJECT", Type: label.Restrictive, Against: "AGAINST", Needed: []string{"NEEDED"}, Operation: "all",
		Groups: []Group{{TagSet: "G", Names: []string{"N", "M"}}, {TagSet: "H", All: true}}, Limit: 7, Count: 8,
		At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	fields := map[string]string{
		"{'subject'}": `"SUBJECT"`, "{subject}": "SUBJECT", "{against}": "AGAINST", "{'set'}": `"SET"`, "{type}": "restrictive", "{limit}": "7",
		"{count}": "8", "{at}": "2026-01-02T03:04:05Z", "{needed}": "NEEDED",
	}
	for lang, book := range phrasebooks {
		for rule, template := range book.rules {
			p.Rule = strings.Split(rule, "/")[0]
			said := p.Words(lang)
			if strings.ContainsAny(said, "{}\n") || said == "" {
				t.Errorf("%s: %s: %q", lang, rule, said)
			}
			if p.variant() != rule {
				continue
			}
			for field, want := range fields {
				if strings.Contains(template, field) && !strings.Contains(said, want) {
					t.Errorf("%s: %s: %q lacks %s", lang, rule, said, want)
				}
			}
		}
	}
}

func TestWords(t *testing.T) {
	required := Problem{Rule: RuleRequiredCategory, TagSet: "Nation", Subject: "SECRET", Operation: "oneOrMore", Groups: []Group{
		{TagSet: "Nation", All: true}, {TagSet: "Word", Names: []string{"MEDIC", "CYBER"}},
	}}
	ofValue := required
	ofValue.Type, ofValue.Groups = label.Restrictive, required.Groups[1:]
	for _, tt := range []struct {
		p          Problem
		lang, want string
	}{
		{required, "en", `classification SECRET requires at least one of: a value of "Nation"; MEDIC or CYBER of "Word"`},
		{required, "fr-CA", `la classification SECRET exige au moins un de : une valeur de "Nation"; MEDIC ou CYBER de "Word"`},
		{ofValue, "en", `SECRET requires MEDIC or CYBER of "Word"`},
		{ofValue, "tlh", `SECRET requires MEDIC or CYBER of "Word"`}, // no words in it: English
		{ofValue, "", `SECRET requires MEDIC or CYBER of "Word"`},
		{Problem{Rule: RuleClassification, Against: "P"}, "en", "no classification is chosen yet"},
		{Problem{Rule: RuleClassification, Subject: "X{count}\n", Against: "P"}, "en", `"X{count}\n" is no classification of policy P`}, // from outside: quoted, never filled
		{Problem{Rule: RuleUserInput, Subject: "x", Operation: "date", Against: "YYYY"}, "en", `"x" is no date of the form YYYY`},
		{Problem{Rule: RuleUserInput, Subject: "x", Operation: "integer"}, "en", `"x" is no unsigned whole number`},
		{Problem{Rule: RuleNoTarget, Subject: "3", Against: "P"}, "en", "policy P has no classification for 3"},
	} {
		if got := tt.p.Words(tt.lang); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.lang, got, tt.want)
		}
	}
}
