package app

import "github.com/alecthomas/kong"

// CommandNames lists every command that can be run, as it is written; the hidden ones are not among them.
func CommandNames() (names []string) {
	parser, err := kong.New(&commands{}, kong.Name("caveat"))
	if err != nil {
		panic(err)
	}
	for _, leaf := range parser.Model.Leaves(true) {
		names = append(names, leaf.Path())
	}
	return names
}
