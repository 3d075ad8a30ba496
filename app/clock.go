package app

import "time"

// now is the clock of the commands.
func now() time.Time { return time.Now() }
