package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// strict refuses what an operation would not look at: a query parameter that it does not have (`?q=` for `?text=` would answer with
// the whole book) and a body where it takes none.
func strict(ctx huma.Context, next func(huma.Context)) {
	p := unknownParameter(ctx)
	if p == nil {
		p = needlessBody(ctx)
	}
	if p == nil {
		next(ctx)
		return
	}
	writeProblem(ctx, p)
}

// writeProblem answers with a problem in place of the operation.
func writeProblem(ctx huma.Context, p *Problem) {
	data, err := json.Marshal(p)
	if err != nil {
		panic("api: internal error: " + err.Error()) // strings and numbers always marshal
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	ctx.BodyWriter().Write(data)
}

func unknownParameter(ctx huma.Context) *Problem {
	u := ctx.URL()
	known := []string{}
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	var unknown []string
	for name := range u.Query() {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	slices.Sort(known)
	p := unprocessable("user-unknown-parameter", fmt.Sprintf("unknown query parameter %s: %s has %s", quoted(unknown), ctx.Operation().OperationID, orNone(known)))
	for _, name := range unknown[:min(len(unknown), mostErrors)] {
		p.Errors = append(p.Errors, &huma.ErrorDetail{Message: "unknown query parameter", Location: "query." + shortName(name)})
	}
	return p
}

// needlessBody looks no further into a body than it must: an empty document says nothing that could be overlooked.
func needlessBody(ctx huma.Context) *Problem {
	in := ctx.BodyReader()
	if ctx.Operation().RequestBody != nil || in == nil {
		return nil
	}
	if in == http.NoBody {
		return nil
	}
	ctx.SetReadDeadline(time.Now().Add(ignoredTime))
	data, err := io.ReadAll(io.LimitReader(in, maxIgnored))
	ctx.SetReadDeadline(time.Time{}) // the operation may take longer
	if said := bytes.Join(bytes.Fields(data), nil); err == nil && (len(said) == 0 || string(said) == "{}") && len(data) < maxIgnored {
		return nil
	}
	return unprocessable("user-unknown-body", ctx.Operation().OperationID+" takes no body: what it needs stands in the address")
}

// maxIgnored is how long a body that says nothing may be.
const maxIgnored = 4 << 10

// ignoredTime is how long it may take to come.
const ignoredTime = 5 * time.Second

func unprocessable(code, detail string) *Problem {
	return &Problem{Title: http.StatusText(http.StatusUnprocessableEntity), Status: http.StatusUnprocessableEntity, Code: code, Detail: detail}
}

func quoted(names []string) string {
	var out []string
	for _, n := range names[:min(len(names), 5)] {
		out = append(out, fmt.Sprintf("%q", shortName(n)))
	}
	return strings.Join(out, ", ")
}

// shortName bounds what an answer repeats of a request.
func shortName(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func orNone(known []string) string {
	if len(known) == 0 {
		return "none"
	}
	return strings.Join(known, ", ")
}
