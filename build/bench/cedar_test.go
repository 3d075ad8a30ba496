package bench

import (
	"context"
	_ "embed"
	"slices"
	"strconv"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/batch"

	"caveat/backend/cmbac"
	"caveat/backend/label"
)

//go:embed mrod.cedar
var cedarText []byte

//go:embed mrod_reasons.cedar
var cedarReasonsText []byte

// cedarGo asks cedar-go.
type cedarGo struct{ policies, reasons *cedar.PolicySet }

func newCedar() cedarGo { return cedarGo{cedarPolicies(cedarText), cedarPolicies(cedarReasonsText)} }

// cedarPolicies compiles policies; each is known by its @id.
func cedarPolicies(text []byte) *cedar.PolicySet {
	list, err := cedar.NewPolicyListFromBytes("mrod.cedar", text)
	check(err)
	out := cedar.NewPolicySet()
	for _, p := range list {
		out.Add(cedar.PolicyID(p.Annotations()["id"]), p)
	}
	return out
}

func (cedarGo) name() string { return "cedar-go" }

var sinkDiagnostic cedar.Diagnostic

func cedarSet(names []string) cedar.Set {
	var out []cedar.Value
	for _, n := range names {
		out = append(out, cedar.String(n))
	}
	return cedar.NewSet(out...)
}

func cedarLabel(l label.Information) cedar.Record {
	a := ofLabel(l)
	out := cedar.RecordMap{"policy": cedar.String(a.policy), "known": cedar.Boolean(a.known), "class": cedar.String(a.classes[0])}
	for name, values := range a.values {
		out[cedar.String(name)] = cedarSet(values)
	}
	return cedar.NewRecord(out)
}

func cedarClearance(c label.Clearance) cedar.Record {
	a := ofClearance(c)
	out := cedar.RecordMap{"policy": cedar.String(a.policy), "classes": cedarSet(a.classes)}
	for _, t := range tags {
		out[cedar.String(t.attribute)] = cedarSet(a.values[t.attribute])
	}
	return cedar.NewRecord(out)
}

// cedarOne is the entities of a question about one clearance: no map to look into.
type cedarOne struct{ principal cedar.Entity }

func (e *cedarOne) Get(id cedar.EntityUID) (cedar.Entity, bool) {
	return e.principal, id == e.principal.UID
}

var (
	cedarAction   = cedar.NewEntityUID("Action", "read")
	cedarResource = cedar.NewEntityUID("Message", "1")
)

func cedarQuestion(x pair) (*cedarOne, cedar.Request) {
	id := cedar.NewEntityUID("Clearance", "1")
	return &cedarOne{cedar.Entity{UID: id, Attributes: cedarClearance(x.clearance)}},
		cedar.Request{Principal: id, Action: cedarAction, Resource: cedarResource, Context: cedarLabel(x.label)}
}

func (e cedarGo) permits(x pair) bool {
	one, request := cedarQuestion(x)
	d, diagnostic := cedar.Authorize(e.policies, one, request)
	if len(diagnostic.Errors) > 0 {
		panic(diagnostic.Errors)
	}
	return d == cedar.Allow
}

func (e cedarGo) rules(x pair) []string {
	one, request := cedarQuestion(x)
	d, diagnostic := cedar.Authorize(e.reasons, one, request)
	if len(diagnostic.Errors) > 0 {
		panic(diagnostic.Errors)
	}
	var out []string
	for _, r := range diagnostic.Reasons {
		if d == cedar.Deny {
			out = append(out, string(r.PolicyID))
		}
	}
	slices.Sort(out)
	return out
}

func (e cedarGo) decide(four []pair) loop {
	var entities [4]*cedarOne
	var requests [4]cedar.Request
	for i, x := range four {
		entities[i], requests[i] = cedarQuestion(x)
	}
	return func(n int) {
		for i := range n {
			d, _ := cedar.Authorize(e.policies, entities[i&3], requests[i&3])
			sinkBool = bool(d)
		}
	}
}

func (e cedarGo) explain(x pair) loop {
	one, request := cedarQuestion(x)
	return func(n int) {
		for range n {
			_, sinkDiagnostic = cedar.Authorize(e.reasons, one, request)
		}
	}
}

// distinct asks by cedar-go's package for batches, which works out once what the label alone decides.
func (e cedarGo) distinct(l label.Information, clearances []label.Clearance) func([]cmbac.Decision) {
	entities, people := cedar.EntityMap{}, make([]cedar.Value, len(clearances))
	for i, c := range clearances {
		id := cedar.NewEntityUID("Clearance", cedar.String(strconv.Itoa(i)))
		entities[id], people[i] = cedar.Entity{UID: id, Attributes: cedarClearance(c)}, id
	}
	request := batch.Request{
		Principal: batch.Variable("clearance"), Action: cedarAction, Resource: cedarResource, Context: cedarLabel(l),
		Variables: batch.Variables{"clearance": people},
	}
	return func(into []cmbac.Decision) {
		next := 0 // the answers come in the order of the variable's values
		check(batch.Authorize(context.Background(), e.policies, entities, request, func(r batch.Result) error {
			into[next] = decision(r.Decision == cedar.Allow)
			next++
			return nil
		}))
	}
}

func (cedarGo) compile() loop {
	return func(n int) {
		for range n {
			sinkAny = cedarPolicies(cedarText)
		}
	}
}
