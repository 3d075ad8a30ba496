package api

import "strings"

// phrases are the words of this package's own in answers for people; what the policy and the decision say has its words there.
type phrases struct {
	systemHigh string // before the reason why the installation's clearance does not permit something
	but        string // between the steps of why something cannot be chosen
}

// words gives the phrases of a language ("fr", "fr-CA"); English where there are none in it.
func words(lang string) phrases {
	if base, _, _ := strings.Cut(lang, "-"); strings.EqualFold(base, "fr") {
		return phrases{"Cette installation ne peut pas le détenir. ", " ; mais "}
	}
	return phrases{"This installation may not hold it. ", "; but "}
}
