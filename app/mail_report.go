package app

import (
	"slices"
	"strings"
	"time"

	"caveat/backend/message"
)

// mailReport is a delivery report or disposition notification.
type mailReport struct {
	Kind       string         `json:"kind"` // delivery, disposition
	EnvelopeID string         `json:"envelopeId,omitempty"`
	MessageID  string         `json:"messageId,omitempty"` // of the message reported on
	Reporter   string         `json:"reporter,omitempty"`
	Arrived    *time.Time     `json:"arrived,omitempty"`
	Recipients []mailReported `json:"recipients"`
	Cut        bool           `json:"cut"`
}

type mailReported struct {
	Original   string     `json:"original,omitempty"`
	Final      string     `json:"final,omitempty"`
	Action     string     `json:"action"`
	Status     string     `json:"status,omitempty"`
	Diagnostic string     `json:"diagnostic,omitempty"`
	Server     string     `json:"server,omitempty"`
	WillRetry  *time.Time `json:"willRetry,omitempty"`
	LastTry    *time.Time `json:"lastTry,omitempty"`
	Automatic  bool       `json:"automatic"`
}

func reportOf(r message.Report) *mailReport {
	out := &mailReport{
		Kind: string(r.Kind), EnvelopeID: r.EnvelopeID, MessageID: r.MessageID, Reporter: r.Reporter, Arrived: timeOf(r.Arrived), Cut: r.Cut, Recipients: []mailReported{},
	}
	for _, x := range r.Recipients {
		out.Recipients = append(out.Recipients, mailReported{
			Original: x.Original, Final: x.Final, Action: x.Action, Status: x.Status, Diagnostic: x.Diagnostic, Server: x.Server,
			WillRetry: timeOf(x.WillRetry), LastTry: timeOf(x.LastTry), Automatic: x.Automatic,
		})
	}
	return out
}

func (r mailReport) print(line func(name, value string)) {
	line("Report", strings.Join(slices.DeleteFunc([]string{r.Kind, r.MessageID, r.EnvelopeID}, func(s string) bool { return s == "" }), " "))
	for _, x := range r.Recipients {
		who := x.Original
		if who == "" {
			who = x.Final
		}
		done := x.Action
		if done == "" {
			done = "not said"
		}
		line("  "+done, strings.TrimSpace(who+" "+x.Status+" "+x.Diagnostic))
	}
}
