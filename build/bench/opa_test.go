package bench

import (
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"caveat/backend/cmbac"
	"caveat/backend/label"
)

//go:embed mrod.rego
var regoText string

// opa asks OPA, by queries that are prepared once. Its options take away what need not be done again for each question: a
// transaction, the time, metrics, answers put in order or turned into Go's types.
type opa struct {
	permit, denied, permitted rego.PreparedEvalQuery
	options                   []rego.EvalOption
}

func newOPA() opa {
	store := inmem.New()
	transaction, err := store.NewTransaction(context.Background(), storage.TransactionParams{})
	check(err)
	return opa{
		permit: regoQuery(store, "data.caveat.permit"), denied: regoQuery(store, "data.caveat.denied"), permitted: regoQuery(store, "data.caveat.permitted"),
		options: []rego.EvalOption{
			rego.EvalMetrics(metrics.NoOp()), rego.EvalTransaction(transaction), rego.EvalTime(time.Unix(0, 0)), rego.EvalSortSets(false),
		},
	}
}

func regoQuery(store storage.Store, query string) rego.PreparedEvalQuery {
	asItIs := func(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.Value, nil }
	out, err := rego.New(rego.Query(query), rego.Module("mrod.rego", regoText), rego.Store(store), rego.GenerateJSON(asItIs)).
		PrepareForEval(context.Background())
	check(err)
	return out
}

func (opa) name() string { return "OPA" }

var sinkFound rego.ResultSet

func regoSet(names []string) *ast.Term {
	var out []*ast.Term
	for _, n := range names {
		out = append(out, ast.StringTerm(n))
	}
	return ast.SetTerm(out...)
}

func regoLabel(l label.Information) *ast.Term {
	a := ofLabel(l)
	out := ast.NewObject(
		ast.Item(ast.StringTerm("policy"), ast.StringTerm(a.policy)),
		ast.Item(ast.StringTerm("known"), ast.BooleanTerm(a.known)),
		ast.Item(ast.StringTerm("class"), ast.StringTerm(a.classes[0])),
	)
	for name, values := range a.values {
		out.Insert(ast.StringTerm(name), regoSet(values))
	}
	return ast.NewTerm(out)
}

func regoClearance(c label.Clearance) *ast.Term {
	a := ofClearance(c)
	out := ast.NewObject(ast.Item(ast.StringTerm("policy"), ast.StringTerm(a.policy)), ast.Item(ast.StringTerm("classes"), regoSet(a.classes)))
	for _, t := range tags {
		out.Insert(ast.StringTerm(t.attribute), regoSet(a.values[t.attribute]))
	}
	return ast.NewTerm(out)
}

// asking gives the options for one question, made before.
func (e opa) asking(l, c *ast.Term) []rego.EvalOption {
	input := ast.NewObject(ast.Item(ast.StringTerm("label"), l), ast.Item(ast.StringTerm("clearance"), c))
	return append(slices.Clip(slices.Clone(e.options)), rego.EvalParsedInput(input))
}

func ask(query *rego.PreparedEvalQuery, options []rego.EvalOption) rego.ResultSet {
	out, err := query.Eval(context.Background(), options...)
	check(err)
	return out
}

func (e opa) permits(x pair) bool {
	found := ask(&e.permit, e.asking(regoLabel(x.label), regoClearance(x.clearance)))
	return len(found) == 1 && found[0].Expressions[0].Value == ast.Boolean(true)
}

func (e opa) rules(x pair) []string {
	var out []string
	found := ask(&e.denied, e.asking(regoLabel(x.label), regoClearance(x.clearance)))
	found[0].Expressions[0].Value.(ast.Set).Foreach(func(t *ast.Term) { out = append(out, string(t.Value.(ast.String))) })
	slices.Sort(out)
	return out
}

func (e opa) decide(four []pair) loop {
	var questions [4][]rego.EvalOption
	for i, x := range four {
		questions[i] = e.asking(regoLabel(x.label), regoClearance(x.clearance))
	}
	return func(n int) {
		for i := range n {
			sinkBool = len(ask(&e.permit, questions[i&3])) > 0
		}
	}
}

func (e opa) explain(x pair) loop {
	question := e.asking(regoLabel(x.label), regoClearance(x.clearance))
	return func(n int) {
		for range n {
			sinkFound = ask(&e.denied, question)
		}
	}
}

// distinct asks one query about all clearances: several times as fast as a query for each.
func (e opa) distinct(l label.Information, clearances []label.Clearance) func([]cmbac.Decision) {
	all := make([]*ast.Term, len(clearances))
	for i, c := range clearances {
		all[i] = regoClearance(c)
	}
	input := ast.NewObject(ast.Item(ast.StringTerm("label"), regoLabel(l)), ast.Item(ast.StringTerm("clearances"), ast.ArrayTerm(all...)))
	question := append(slices.Clip(slices.Clone(e.options)), rego.EvalParsedInput(input))
	return func(into []cmbac.Decision) {
		clear(into)
		ask(&e.permitted, question)[0].Expressions[0].Value.(ast.Set).Foreach(func(t *ast.Term) {
			i, _ := t.Value.(ast.Number).Int()
			into[i] = cmbac.Permit
		})
	}
}

func (opa) compile() loop {
	store := inmem.New()
	return func(n int) {
		for range n {
			sinkAny = regoQuery(store, "data.caveat.permit")
		}
	}
}
