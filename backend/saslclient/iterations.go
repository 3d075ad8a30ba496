package saslclient

import (
	"math"
	"strconv"
	"strings"
)

// iterations reads the iteration count of a server's first message, the largest where there are several; 0 where there is
// none, and very many where it cannot be read.
//
// std: RFC5802 §5.1
func iterations(challenge string) int {
	most := 0
	for _, attribute := range strings.Split(challenge, ",") {
		count, ok := strings.CutPrefix(attribute, "i=")
		if !ok {
			continue
		}
		n, err := strconv.Atoi(count)
		if err != nil || n < 0 {
			return math.MaxInt
		}
		most = max(most, n)
	}
	return most
}
