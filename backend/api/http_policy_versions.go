package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/spif"
)

// PolicyInput is a policy's document.
type PolicyInput struct {
	SPIF string `json:"spif" doc:"the XML document, as it was issued: its very bytes are what is signed and what its SHA-256 names"`
}

// maxPolicyBody is how long a request with a policy may be: its document, and what JSON makes of line ends and quotation marks.
const maxPolicyBody = 2*spif.MaxSize + 4096

func (o operations) policyVersions(s *Service) {
	large := func(x *huma.Operation) { x.MaxBodyBytes = maxPolicyBody }
	type input struct {
		SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$"`
		Lang   string `query:"lang" default:"en" doc:"of the rules in words"`
	}
	op(o, http.MethodGet, "/api/policy/versions", "policy-versions", "The policies that were loaded, and those in force",
		func(ctx context.Context, _ *struct{}) (*body[PolicyVersionsDocument], error) {
			return answer(s.PolicyVersions(ctx))
		})
	op(o, http.MethodGet, "/api/policy/versions/{sha256}", "policy-drawing", "A policy drawn so that a person can read it: classifications, tag sets, rules in words, markings",
		func(ctx context.Context, in *input) (*body[PolicyDrawing], error) {
			return answer(s.DrawPolicy(ctx, in.SHA256, in.Lang))
		})
	op(o, http.MethodPost, "/api/policy/lint", "policy-lint", "What is wrong with a policy's document, or worth knowing, before it is loaded",
		func(ctx context.Context, in *struct{ Body PolicyInput }) (*body[LintDocument], error) {
			return answer(s.LintPolicy(ctx, []byte(in.Body.SPIF)))
		}, large)
	op(o, http.MethodPost, "/api/policy/versions", "policy-load", "Keep a policy's document as a version; nothing is put in force by that",
		func(ctx context.Context, in *struct{ Body PolicyInput }) (*body[PolicyVersion], error) {
			return answer(s.LoadPolicy(ctx, []byte(in.Body.SPIF)))
		}, large)
	type impactInput struct {
		SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$"`
		Lang   string `query:"lang" default:"en" doc:"of what is said of labels and differences"`

		As string `query:"as" enum:"governing,beside" doc:"left out: where its policy stands now"`
	}
	op(o, http.MethodGet, "/api/policy/versions/{sha256}/impact", "policy-impact", "What would change if a version were put in force: people, labels in use, drafts, the queue",
		func(ctx context.Context, in *impactInput) (*body[PolicyImpact], error) {
			return answer(s.PolicyImpact(ctx, in.SHA256, in.As, in.Lang))
		})
	type useInput struct {
		SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$"`
		Body   PolicyUse
	}
	op(o, http.MethodPost, "/api/policy/versions/{sha256}/use", "policy-use", "Put a version in force; the one before it is kept, and can be put in force again in the same way",
		func(ctx context.Context, in *useInput) (*body[PolicyVersionsDocument], error) {
			return answer(s.UsePolicy(ctx, in.SHA256, in.Body))
		})
	op(o, http.MethodPost, "/api/policy/versions/{sha256}/withdraw", "policy-withdraw", "Take a policy that stands beside the governing one out of force; it is kept",
		func(ctx context.Context, in *input) (*body[PolicyVersionsDocument], error) {
			return answer(s.WithdrawPolicy(ctx, in.SHA256))
		})
}
