// Command caveat is the address book and pre-send checker of a federated mission network. See README.md.
package main

import "caveat/app"

func main() { app.Main() }
