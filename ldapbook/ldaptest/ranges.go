package ldaptest

import (
	"fmt"
	"strconv"
	"strings"
)

// RangeFault is what a server that gives values in ranges does wrong.
type RangeFault int

// The faults.
const (
	RangeSound     RangeFault = iota // nothing
	RangeRepeats                     // every range is the first one
	RangeBackwards                   // a range begins before the one that was asked for
	RangeShort                       // a range holds less than it says
	RangeStops                       // ranges after the first have no values
	RangeEndless                     // there is always one more
)

// Ranges makes the server give at most size values of an attribute at a time, as Active Directory does ([MS-ADTS]
// 3.1.1.3.1.3.3): the first range where an attribute has more, and from there on what "member;range=1500-*" asks for.
// 0: all at once.
func (s *Server) Ranges(size int, fault RangeFault) {
	s.rangeSize.Store(int64(size))
	s.rangeFault.Store(int64(fault))
}

// splitRequest reads what a search asks of an attribute, in lower case: its name, and the number of the first value.
func splitRequest(attr string) (name string, from int, ranged bool) {
	name, option, ranged := strings.Cut(attr, ";range=")
	low, _, _ := strings.Cut(option, "-")
	from, _ = strconv.Atoi(low)
	return name, from, ranged
}

// appendValues appends one attribute, or the part of it that is to be sent.
func (se *session) appendValues(b []byte, s *selection, values []value, typesOnly bool) []byte {
	name := s.names[values[0].attr]
	size := int(se.s.rangeSize.Load())
	from, asked := s.from[values[0].attr]
	if size <= 0 || !asked && len(values) <= size {
		return appendAttr(b, name, values, typesOnly)
	}
	first, last, part := from, from+size-1, values[min(from, len(values)):min(from+size, len(values))]
	if from+size >= len(values) {
		last = -1
	}
	if from > 0 || se.fault() == RangeEndless {
		switch se.fault() {
		case RangeRepeats:
			first, last, part = 0, size-1, values[:size]
		case RangeBackwards:
			first = from - 1
		case RangeShort:
			first, last, part = from, from+size-1, part[:len(part)-1]
		case RangeStops:
			return b
		case RangeEndless:
			first, last, part = from, from+size-1, values[:size]
		}
	}
	end := "*"
	if last >= 0 {
		end = strconv.Itoa(last)
	}
	return appendAttr(b, fmt.Sprintf("%s;range=%d-%s", name, first, end), part, typesOnly)
}

func (se *session) fault() RangeFault { return RangeFault(se.s.rangeFault.Load()) }
