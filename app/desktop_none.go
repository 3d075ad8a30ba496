//go:build !desktop && !bindings && !dev

package app

import "errors"

// newWindow says how to get the app without a window: this is a build without the tag "desktop".
func newWindow() (window, error) {
	return nil, errors.New("this build has no desktop window: " + insteadOfWindow + ", or build one with `make desktop`")
}
