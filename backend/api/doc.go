// Package api is the one interface that the page, the commands and other programs use: HTTP operations with an OpenAPI 3.1
// document, and the documents they exchange.
package api

import "errors"

// ErrLabel: a label that cannot be used for what was asked.
var ErrLabel = errors.New("api: label")
