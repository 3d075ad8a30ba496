package api

import "github.com/danielgtaylor/huma/v2"

// statusOnce lets each request set its status once. Where the client leaves while its answer is written, a second status would be set
// that nobody reads, and the server of net/http complains of each.
func statusOnce(ctx huma.Context, next func(huma.Context)) { next(&onceContext{asked: ctx}) }

// asked is huma.Context under a name that is not that of one of its methods.
type asked = huma.Context

// onceContext belongs to one request, and is used by one goroutine.
type onceContext struct {
	asked
	isSet bool
}

// SetStatus implements huma.Context.
func (c *onceContext) SetStatus(code int) {
	if !c.isSet {
		c.isSet = true
		c.asked.SetStatus(code)
	}
}
