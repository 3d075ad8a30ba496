// Package plain writes errors for people. Each of our packages begins its errors with its own name, which tells a log where they
// come from; to whoever uses the program these names say nothing. Logs keep them.
package plain

import (
	"errors"
	"slices"
	"strings"
)

// names are our packages, sorted: the folders of the program that have a package.
var names = []string{
	"api", "app", "audit", "binding", "chat", "cmbac", "contacts", "demo", "draft", "draftbox", "ess", "federation", "idn", "imapbox", "inbox", "installation", "label",
	"ldapbook", "ldaptest", "ldif", "mailstore", "mailtest", "message", "outbox", "plain", "policybook", "presend", "saslclient", "servercert", "siolabel", "smtpsend", "spif", "spiftest",
	"store", "strictxml", "wire", "xmldsig", "xmppsend", "xmpptest",
}

// Names lists the packages whose names Text takes off, sorted.
func Names() []string { return slices.Clone(names) }

// Text is what an error says, without our packages' names before it and before any error in its chain; "" for nil. Everything
// else stays as it stands: words in the middle of an error's own text, what is quoted, what others' errors say.
func Text(err error) string {
	if err == nil {
		return ""
	}
	rest, out := err.Error(), ""
	for _, cause := range causes(err) {
		said := cause.Error()
		before, after, found := strings.Cut(rest, said)
		if said == "" || !found {
			continue // the error says it in words of its own
		}
		if out == "" {
			before = bare(before)
		}
		out, rest = out+before+Text(cause), after
	}
	if out == "" {
		return bare(rest)
	}
	return out + rest
}

// Written is Text of an error of which only the text was kept: without the name that it begins with, wherever that stands again
// before one of its parts.
func Written(text string) string {
	name, rest, _ := strings.Cut(text, ": ")
	if !isName(name) {
		return text
	}
	return bare(strings.ReplaceAll(rest, ": "+name+": ", ": "))
}

// causes are the errors that an error wraps, in its order.
func causes(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return slices.DeleteFunc(slices.Clone(several.Unwrap()), func(e error) bool { return e == nil })
	}
	if one := errors.Unwrap(err); one != nil {
		return []error{one}
	}
	return nil
}

// bare takes the names off the beginning of a text, as many as there are.
func bare(text string) string {
	for {
		name, rest, found := strings.Cut(text, ": ")
		if !found || !isName(name) {
			return text
		}
		text = rest
	}
}

func isName(word string) bool {
	_, ours := slices.BinarySearch(names, word)
	return ours
}
