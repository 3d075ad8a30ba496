package smtpsend

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options are what an account wants of a transaction. The zero Options want what is delivered: reports of failure and delay,
// the message to those who were accepted, chunks where the server takes them.
type Options struct {
	// RequireTLS wants TLS on every hop (RFC 8689): a server that does not promise it is ErrNoRequireTLS.
	RequireTLS bool
	// DeliverBy is after what time without delivery a report of the delay is wanted, counted from when the server has the
	// message; whole seconds, zero: not asked for. Servers without DELIVERBY are not told.
	DeliverBy time.Duration
	Notify    []Event // what delivery reports are wanted of; empty: failure and delay
	Chunking  Chunking
	Partial   Partial
	MaxSize   int64 // largest message in octets as it travels; zero: what the server says
}

// Event is what a delivery report is about.
type Event string

// The events.
//
// std: RFC3461 §4.1
const (
	Failure Event = "failure"
	Delay   Event = "delay"
	Success Event = "success"
)

// Chunking is whether BDAT is used.
type Chunking string

// The zero value is ChunkingAuto.
const (
	ChunkingAuto  Chunking = "auto"  // where the server has it
	ChunkingNever Chunking = "never" // always DATA
)

// Partial is what happens when the server refuses some of the recipients.
type Partial string

// The zero value is PartialRest.
const (
	PartialRest   Partial = "rest"   // the others get the message
	PartialNobody Partial = "nobody" // nobody gets it
)

// maxDeliverBy is what nine digits hold.
//
// std: RFC2852 §4
const maxDeliverBy = 999_999_999 * time.Second

// Check refuses what is none of the values, whatever the server.
func (o Options) Check() error {
	switch {
	case o.Chunking != "" && o.Chunking != ChunkingAuto && o.Chunking != ChunkingNever:
		return fmt.Errorf("chunking %q: auto or never", o.Chunking)
	case o.Partial != "" && o.Partial != PartialRest && o.Partial != PartialNobody:
		return fmt.Errorf("partial %q: rest or nobody", o.Partial)
	case o.DeliverBy < 0 || o.DeliverBy > maxDeliverBy || o.DeliverBy%time.Second != 0:
		return fmt.Errorf("deliver_by %v: whole seconds, at most %v", o.DeliverBy, maxDeliverBy)
	case o.MaxSize < 0:
		return fmt.Errorf("max_size %d is negative", o.MaxSize)
	}
	for i, e := range o.Notify {
		if e != Failure && e != Delay && e != Success || slices.Contains(o.Notify[:i], e) {
			return fmt.Errorf("notify %q: each of failure, delay and success at most once", e)
		}
	}
	return nil
}

// notify gives the value of NOTIFY.
func (o Options) notify() string {
	if len(o.Notify) == 0 {
		return "FAILURE,DELAY"
	}
	var out []string
	for _, e := range o.Notify {
		out = append(out, strings.ToUpper(string(e)))
	}
	return strings.Join(out, ",")
}
