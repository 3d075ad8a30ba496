package message

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// priorities of the six standard precedences, deferred to override, in the STANAG4406 assignment policy.
//
// std: RFC6710 App A
var priorities = []int{-4, -2, 0, 2, 4, 6}

// priorityOf is the transfer priority of a precedence; numbers from 6 up have none, since no policy assigns one.
func priorityOf(precedence string) (int, bool) {
	n, ok := numberOf(strings.TrimSpace(precedence), precedences, maxPrecedence)
	if !ok || n >= len(priorities) {
		return 0, false
	}
	return priorities[n], true
}

// ReadPriority reads the MT-Priority field of a message: -9 to 9. It returns nil when there is none. A field that is
// malformed, or stands twice, counts as none, as the RFC has it; an error is one of reading the header.
//
// std: RFC6758 §3.1, §4
func ReadPriority(r io.Reader) (*int, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	return priorityIn(h.Values("MT-Priority")), nil
}

// priorityIn reads the values of the fields of a message.
func priorityIn(values []string) *int {
	if len(values) != 1 {
		return nil
	}
	v := strings.TrimSpace(values[0])
	if open := strings.IndexByte(v, '('); open >= 0 {
		v = strings.TrimSpace(v[:open])
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < -9 || n > 9 || fmt.Sprint(n) != v {
		return nil
	}
	return &n
}
