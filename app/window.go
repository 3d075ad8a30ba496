package app

// windowCommand is `caveat` without a word.
type windowCommand struct{}

func (windowCommand) Run(c *console) error { return openWindow(c) }
