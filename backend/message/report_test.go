package message_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
)

// report makes one of its parts.
func report(kind string, parts ...string) string {
	out := "From: <postmaster@x.example>\r\nContent-Type: multipart/report; report-type=" + kind + "; boundary=b\r\n\r\n"
	for _, p := range parts {
		out += "--b\r\n" + strings.ReplaceAll(p, "\n", "\r\n") + "\r\n"
	}
	return out + "--b--\r\n"
}

const (
	forPeople = "Content-Type: text/plain\n\nYour message\x1b[31m could not\u202e be delivered.\n"
	status    = "Content-Type: message/delivery-status\n\n"
	returned  = "Content-Type: text/rfc822-headers\n\nMessage-ID: <m1@gbr.example>\nSubject: x\n"
)

// TestDeliveryReport: fields as RFC 3464 has them in its examples, and one that is hostile.
func TestDeliveryReport(t *testing.T) {
	raw := report("delivery-status", forPeople, status+"Original-Envelope-Id: 01JABC\nReporting-MTA: dns; mx.aus.example\nArrival-Date: Sun, 01 Mar 2026 10:00:05 +0100\n\n"+
		"Original-Recipient: rfc822; ops@aus.example\nFinal-Recipient: RFC822;<ops1@aus.example>\nAction: Failed (permanently)\nStatus: 5.1.1 (no such user)\n"+
		"Remote-MTA: dns; in.aus.example\nDiagnostic-Code: smtp; 550 5.1.1\n no such\u202e user\x1b[2J\nLast-Attempt-Date: Sun, 01 Mar 2026 10:01:05 +0100\n\n"+
		"Final-Recipient: rfc822; watch@aus.example\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Mon, 02 Mar 2026 10:00:05 +0100\n\n"+
		"Final-Recipient: rfc822; a@aus.example\nAction: relayed\nStatus: 2.0.0\nAction: failed\n\nFinal-Recipient: rfc822; b@aus.example\nAction: launched\nStatus: 9.9.9\n", returned)
	got, err := message.ReadReport(strings.NewReader(raw))
	at := time.Date(2026, 3, 1, 9, 0, 5, 0, time.UTC)
	want := message.Report{
		Kind: message.DeliveryReport, EnvelopeID: "01JABC", MessageID: "<m1@gbr.example>", Reporter: "mx.aus.example", Arrived: at, Text: "Your message[31m could not be delivered.",
		Recipients: []message.Reported{
			{Original: "ops@aus.example", Final: "ops1@aus.example", Action: "failed", Status: "5.1.1", Server: "in.aus.example", Diagnostic: "550 5.1.1 no such user[2J", LastTry: at.Add(time.Minute)},
			{Final: "watch@aus.example", Action: "delayed", Status: "4.4.1", WillRetry: at.Add(24 * time.Hour)},
			{Final: "a@aus.example", Action: "relayed", Status: "2.0.0"}, // the first of two counts
			{Final: "b@aus.example"}, // an action and a status that are none
		},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v\n%v", got, want, err)
	}
}

func TestDispositionReport(t *testing.T) {
	for value, want := range map[string]message.Reported{
		"manual-action/MDN-sent-manually; displayed":                     {Action: "displayed"},
		"automatic-action/MDN-sent-automatically; deleted/error":         {Action: "deleted", Automatic: true},
		"Automatic-Action/MDN-sent-automatically; Processed (by a rule)": {Action: "processed", Automatic: true},
		"displayed": {},
		"":          {},
	} {
		raw := report("disposition-notification", forPeople, "Content-Type: message/disposition-notification\n\nReporting-UA: ua.aus.example; Reader 1\n"+
			"Original-Recipient: rfc822;ops@aus.example\nFinal-Recipient: rfc822;ops1@aus.example\nOriginal-Message-ID: <m1@gbr.example>\nDisposition: "+value+"\n",
			"Content-Type: message/rfc822\n\nMessage-ID: <another@gbr.example>\n\nbody\n")
		got, err := message.ReadReport(strings.NewReader(raw))
		want.Original, want.Final = "ops@aus.example", "ops1@aus.example"
		if err != nil || got.Kind != message.DispositionReport || got.MessageID != "<m1@gbr.example>" || got.Reporter != "ua.aus.example; Reader 1" || len(got.Recipients) != 1 || got.Recipients[0] != want {
			t.Errorf("%q: %+v, %v", value, got, err)
		}
	}
}

func TestReportBounds(t *testing.T) {
	var many strings.Builder
	for i := range message.MaxReported + 50 {
		fmt.Fprintf(&many, "\nFinal-Recipient: rfc822; a%d@aus.example\nAction: failed\n", i)
	}
	got, err := message.ReadReport(strings.NewReader(report("delivery-status", forPeople, status+"Reporting-MTA: dns; x\n"+many.String())))
	if err != nil || len(got.Recipients) != message.MaxReported || !got.Cut || got.MessageID != "" {
		t.Errorf("%d recipients, cut %v, %v", len(got.Recipients), got.Cut, err)
	}
	long := report("delivery-status", forPeople, status+"Reporting-MTA: x\n\nAction: failed\nFinal-Recipient: rfc822;a@b.example\nDiagnostic-Code: smtp; "+strings.Repeat("x", 100_000)+strings.Repeat("\n y", 10_000)+"\n")
	if got, err = message.ReadReport(strings.NewReader(long)); err != nil || len(got.Recipients[0].Diagnostic) > 1010 {
		t.Errorf("%d bytes, %v", len(got.Recipients[0].Diagnostic), err)
	}
}

func TestReportRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		mail string
		want error
	}{
		"another message":                    {"Subject: x\r\n\r\nAction: failed\r\n", message.ErrNoReport},
		"mixed":                              {strings.Replace(report("delivery-status", forPeople, status+"Action: failed\n"), "multipart/report", "multipart/mixed", 1), message.ErrNoReport},
		"another type of report":             {report("feedback-report", forPeople, status+"Action: failed\n"), message.ErrNoReport},
		"no part for programs":               {report("delivery-status", forPeople), message.ErrSyntax},
		"an empty part for programs":         {report("delivery-status", forPeople, status+"\n"), message.ErrSyntax},
		"it reports on nobody":               {report("delivery-status", forPeople, status+"Reporting-MTA: dns; x\n"), message.ErrSyntax},
		"a disposition in a delivery report": {report("delivery-status", forPeople, "Content-Type: message/disposition-notification\n\nDisposition: x; displayed\n"), message.ErrSyntax},
		"two parts for programs":             {report("delivery-status", status+"Action: failed\n", status+"Action: delivered\n"), message.ErrSyntax},
		"too long a part for programs":       {report("delivery-status", forPeople, status+strings.Repeat("X: y\n", 300_000)), message.ErrSyntax},
		"cut off":                            {report("delivery-status")[:105], message.ErrSyntax},
		"no header":                          {"hello", message.ErrSyntax},
	} {
		got, err := message.ReadReport(strings.NewReader(tt.mail))
		if !errors.Is(err, tt.want) || !reflect.DeepEqual(got, message.Report{}) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}
