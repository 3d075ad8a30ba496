//go:build !desktop && !bindings && !dev

package app

import "errors"

// openWindow says how to get the app without a window: this is a build without the tag "desktop".
func openWindow(*console) error {
	return errors.New("this build has no desktop window: run `caveat serve` (your own settings) or `caveat demo` (the demo federation), or see `caveat --help`")
}
