package api_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
)

// RULES 6: whoever claims the address counts, from the moment at which the book knows it.
func TestRule06AClaimThatALiveReadBroughtCountsAtOnce(t *testing.T) {
	p := people()
	p["GBR"] = append(p["GBR"], person("uid=bob,o=gbr", "Bob Baker", "bob@gbr.example", "RESTRICTED"))
	w := newWorldOf(t, p, func(f string) string { return f })
	may := func() (counted int, one bool, found string) {
		d := answered[api.ReceiveDocument](w, http.StatusOK, "POST", "/api/book/receive", map[string]any{"label": labelled("SECRET"), "nation": "GBR"})
		why := answered[api.WhyDocument](w, http.StatusOK, "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": ann})
		return d.People.May, why.May, fmt.Sprint(namesOf(w.search("receive", secretText, "nation", "GBR").Hits))
	}
	before, one, found := may()
	if !one || !strings.Contains(found, "Ann") {
		t.Fatalf("%d, %v, %s", before, one, found)
	}
	bob := w.idOf("bob")
	must(t, w.nations["GBR"].Replace("uid=bob,o=gbr", "mail", ann))
	answered[api.RereadDocument](w, http.StatusOK, "POST", "/api/book/reread", map[string]any{"ids": []string{bob}})
	if after, one, found := may(); one || after != before-1 || strings.Contains(found, "Ann") {
		t.Errorf("%d of before %d, %v, %s", after, before, one, found)
	}
}

// RULES 6: a JID is an address too: who publishes another's mail address as a JID claims it.
func TestRule06AJIDThatIsAMailAddressClaimsIt(t *testing.T) {
	p := people()
	other := person("uid=bob,o=gbr", "Bob Baker", "bob@gbr.example", "RESTRICTED")
	for i, a := range other.Attrs {
		if a.Name == "jid" {
			other.Attrs = append(other.Attrs[:i], other.Attrs[i+1:]...)
			break
		}
	}
	w := newWorldOf(t, p, func(f string) string { return f })
	must(t, w.nations["GBR"].Add(other))
	must(t, w.nations["GBR"].Replace("uid=bob,o=gbr", "jid", ann))
	_, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	why := answered[api.WhyDocument](w, http.StatusOK, "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": ann})
	found := fmt.Sprint(namesOf(w.search("receive", secretText, "nation", "GBR").Hits))
	if why.May || strings.Contains(found, "Ann") {
		t.Errorf("%v, %s", why, found)
	}
}

// A password that is stored for one server is sent to no other, and nobody is asked at all where the installation is managed.
func TestStoredSecretsStayWithTheirServer(t *testing.T) {
	for _, managed := range []bool{false, true} {
		w := newAdminWorld(t, managed, nil)
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		asked := make(chan struct{})
		go func() {
			if c, err := ln.Accept(); err == nil {
				_ = c.Close()
				close(asked)
			}
		}()
		in := map[string]any{"name": "X", "nation": "XXX", "urls": []string{"ldap://" + ln.Addr().String()}, "security": "plain",
			"bindDn": "cn=x", "secret": "UKR", "timeout": "1s"}
		if status, text, _ := w.ask("POST", "/api/directories/propose", in); status != http.StatusUnprocessableEntity && status != http.StatusForbidden {
			t.Errorf("managed %v: %d %s", managed, status, text)
		}
		if status, text, _ := w.ask("POST", "/api/directories", in); status != http.StatusUnprocessableEntity && status != http.StatusForbidden {
			t.Errorf("managed %v, added: %d %s", managed, status, text)
		}
		select {
		case <-asked:
			t.Errorf("managed %v: the server was asked", managed)
		case <-time.After(50 * time.Millisecond):
		}
		must(t, ln.Close())
	}
}
