package main

import (
	"fmt"
	"os"
	"strings"
)

// key names a change that may go unnoticed. Lines are not in it: they move.
type key struct{ path, function, from, to string }

type allowance struct{ used bool }

type allowances map[key]*allowance

// takes reports whether a change is listed.
func (a allowances) takes(m mutant) bool {
	x := a[key{m.path, m.function, oneLine(m.from), oneLine(m.to)}]
	if x == nil {
		return false
	}
	x.used = true
	return true
}

// readAllowed reads the list for one folder: file, function, what stands there, what it is changed to, and why no test can notice;
// parted by tabs, after a line of headings.
func readAllowed(path, folder string) (allowances, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := allowances{}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 5 || strings.TrimSpace(cells[4]) == "" {
			return nil, fmt.Errorf("%s:%d: want file, function, from, to and the reason, parted by tabs", path, i+2)
		}
		if dir, _, _ := cutLast(cells[0], "/"); dir == folder {
			out[key{cells[0], cells[1], cells[2], cells[3]}] = &allowance{}
		}
	}
	return out, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(sep):], true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
