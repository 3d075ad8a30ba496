package message_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
)

// A message with several label fields tells every label that can be read, and how many cannot; a marking alone is none.
func TestReceivedOfSeveralFields(t *testing.T) {
	const label = "SIO-Label: type=\":xml\"; label=\"%%\"\r\n"
	for name, test := range map[string]struct {
		fields string
		unread int
	}{
		"two markings":       {strings.Repeat("SIO-Label: marking=SECRET\r\n", 2), 0},
		"no base64":          {"SIO-Label: marking=SECRET\r\n" + label, 1},
		"an unknown type":    {label + "SIO-Label: type=\":other\"; label=\"QUJD\"\r\n", 2},
		"more than are read": {strings.Repeat("SIO-Label: marking=SECRET\r\n", 60), 10},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := message.ReadMail(strings.NewReader(test.fields+"From: a@b.example\r\n\r\nx\r\n"), nil, time.Now())
			if err != nil || m.Sensitivity.Fault != message.FaultTwoLabels || m.Sensitivity.Unread != test.unread || len(m.Sensitivity.Received) != 0 {
				t.Errorf("%+v, %v", m.Sensitivity, err)
			}
		})
	}
}

// One LabelReader reads no more than MaxLabels of all files together; what bears more cannot be read.
func TestLabelReaderIsBounded(t *testing.T) {
	var r message.LabelReader
	file := strings.Repeat("From x Sun Mar  1 10:00:00 2026\r\nSIO-Label: marking=SECRET\r\n\r\nx\r\n\r\n", 50)
	for n := range 10 {
		list, err := r.Read(strings.NewReader(file))
		if err != nil || len(list) != 50 || r.Count() != min(50*(n+1), message.MaxLabels) {
			t.Errorf("file %d: %d labels, %d counted, %v", n, len(list), r.Count(), err)
		}
		for _, l := range list {
			if l.Err == nil {
				t.Errorf("file %d: %+v", n, l)
			}
		}
	}
}
