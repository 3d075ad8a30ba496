//go:build desktop || bindings || dev

package app

import "errors"

// openWindow is where the desktop build opens its window. The tags and this file are laid out; there is no window yet, and
// the program says so instead of opening an empty one.
func openWindow(*console) error {
	return errors.New("the desktop window does not exist yet: run `caveat serve` or `caveat demo`")
}
