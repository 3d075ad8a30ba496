package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

// What the account says about how its messages are written is in the bytes; and a mailbox beside the one account of mail is no second
// way out: the draft still leaves by the only one there is.
func TestMessagesAsTheAccountSays(t *testing.T) {
	for name, c := range map[string]struct {
		keys             string
		binding, receipt bool
	}{
		"delivered":                  {"", false, false},
		"label":                      {`label_form = "label"`, false, false},
		"binding and read receipts":  {"label_form = \"binding\"\nread_receipts = true", true, true},
		"read receipts of the plain": {"read_receipts = true", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldOf(t, people(), func(file string) string {
				file = strings.Replace(file, "kind = \"smtp\"\n", "kind = \"smtp\"\n"+c.keys+"\n", 1)
				return file + "\n[[account]]\nname = \"box\"\nkind = \"imap\"\naddress = \"127.0.0.1:2\"\nsecurity = \"plain\"\n"
			})
			sent := answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, content(secret, ann)))
			wire, err := w.service.Outbox().Wire(t.Context(), sent.Message)
			must(t, err)
			head, _, _ := strings.Cut(string(wire), "\r\n\r\n")
			if got := strings.Contains(head, "Disposition-Notification-To:"); got != c.receipt {
				t.Errorf("receipt %v\n%s", got, head)
			}
			if got := !strings.Contains(head, `type=":xml"`) && strings.Contains(head, "SIO-Label:"); got != c.binding {
				t.Errorf("binding %v\n%s", got, head)
			}
		})
	}
	w := newWorld(t, "\n[[account]]\nname = \"box\"\nkind = \"imap\"\naddress = \"127.0.0.1:2\"\nsecurity = \"plain\"\n")
	named := strings.Replace(content(secret, ann), `"channel":"mail"`, `"channel":"mail","account":"box"`, 1)
	if status, body, _ := w.ask("POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, named)); status == http.StatusAccepted || !strings.Contains(body, `account \"box\"`) {
		t.Errorf("by a mailbox: %d %s", status, body)
	}
}
