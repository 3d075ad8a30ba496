package presend_test

import (
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

func TestRule11EveryLinkMustPermit(t *testing.T) {
	w := newWorld(t)
	w.person("wrong", "AUS", "SECRET; Context=MROD; Only=AUS,GBR")
	w.person("good", "GBR", "SECRET; Context=MROD; Only=GBR")
	x := w.one(ukOnly, addr("wrong", "AUS"))
	want(t, "UK ONLY to AUS: the person", x.Verdict, "cleared pass")
	want(t, "UK ONLY to AUS: the link", x.Link, "not-cleared block permissive")
	if w.check(ukOnly, addr("wrong", "AUS")).Sendable {
		t.Error("sendable")
	}
	want(t, "UK ONLY to GBR", w.one(ukOnly, addr("good", "GBR")).Link, "cleared pass")

	w.person("far", "DEU", secret)
	top := w.routes["deu.example"]
	low := presend.Link{Name: "satellite", Clearance: clearance(w.policy, restricted)}
	for name, tt := range map[string]struct {
		links []presend.Link
		want  string
	}{
		"both permit":        {append(top[:1:1], top...), "cleared pass"},
		"the first does not": {append([]presend.Link{low}, top...), "not-cleared block classification"},
		"the last does not":  {append(top[:1:1], low), "not-cleared block classification"},
		"no clearance":       {[]presend.Link{{Name: "bare"}}, "not-cleared block policy"},
		"no links":           {nil, "unknown block no-route"},
	} {
		w.routes["deu.example"] = tt.links
		x := w.one(secret, addr("far", "DEU"))
		want(t, name, x.Link, tt.want)
		want(t, name, x.Verdict, "cleared pass")
	}
}

func TestRule11NoRouteIsUnknown(t *testing.T) {
	w := newWorld(t)
	w.put(w.entry("p", "FRA", presend.Person, secret))
	w.put(w.entry("q", "ITA", presend.Person, secret))
	w.people["nodomain"], w.people["another"] = w.people[addr("p", "FRA")], w.people[addr("p", "FRA")]
	r := w.check(secret, addr("p", "FRA"), addr("q", "ITA"), "nodomain", "another")
	for i, what := range []string{"fra.example", "ita.example", "nodomain", "another"} {
		x := r.Recipients[i]
		want(t, what, x.Link, "unknown block no-route")
		if got := x.Link.Reasons[0].Text; got != "There is no mail route to "+what+"." {
			t.Errorf("%s: %s", what, got)
		}
	}
	if r.Sendable || r.Outcome != presend.Unknown {
		t.Errorf("%s", r.Outcome)
	}
}

// What one reader takes for the domain, another takes for the local part or resource.
func TestRule11AmbiguousAddressesAreRefused(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	for _, tt := range []struct {
		channel draft.Channel
		address string
		refused bool
	}{
		{draft.Mail, "good@gbr.example/x@evil.example", true},
		{draft.Mail, "good@gbr.example/x", true},
		{draft.Chat, "evil.example/good@gbr.example", true},
		{draft.Mail, "a/b@gbr.example", false},
		{draft.Chat, "good@gbr.example/phone", false},
		{draft.Chat, "good@gbr.example/x@evil.example", false}, // a resource may hold anything
	} {
		d := w.draft(secret, tt.address)
		d.Channel = tt.channel
		if _, err := w.run(d); (err != nil) != tt.refused {
			t.Errorf("%s %s: %v", tt.channel, tt.address, err)
		}
	}
}
