package api

import (
	"context"
	"net/http"
)

func (o operations) rules(s *Service) {
	op(o, http.MethodGet, "/api/rules", "rules", "The installation's rules on verdicts that are not cleared",
		func(ctx context.Context, _ *struct{}) (*body[RulesDocument], error) { return answer(s.Rules(ctx)) })
	type activeInput struct {
		Body struct {
			Sets []string `json:"sets" maxItems:"1000" nullable:"false" doc:"exactly these are switched on; an empty list: none"`
		}
	}
	op(o, http.MethodPost, "/api/rules/active", "switch-rules", "Switch sets of rules; for administrators, and only where the installation is not centrally managed",
		func(ctx context.Context, in *activeInput) (*body[RulesDocument], error) {
			return answer(s.SwitchRules(ctx, in.Body.Sets))
		})
	op(o, http.MethodPost, "/api/rules/effect", "rule-effect", "What a change to the rules would have made of the last 30 days; nothing is changed",
		func(ctx context.Context, in *struct{ Body RuleChange }) (*body[RuleEffect], error) {
			return answer(s.RuleEffect(ctx, in.Body))
		})
	op(o, http.MethodPost, "/api/rules/change", "change-rules", "Change the rules; for administrators, and only where the installation is not centrally managed",
		func(ctx context.Context, in *struct{ Body RuleChange }) (*body[RulesDocument], error) {
			return answer(s.ChangeRules(ctx, in.Body))
		})
	op(o, http.MethodGet, "/api/rules/trials", "rule-trials", "What rules in trial recorded in the last 30 days",
		func(ctx context.Context, _ *struct{}) (*body[TrialsDocument], error) {
			return answer(s.RuleTrials(ctx))
		})
}

func (o operations) bundle(s *Service) {
	op(o, http.MethodPost, "/api/installation/export", "export-installation", "The installation as one file, without secrets; it is in the log",
		func(ctx context.Context, _ *struct{}) (*body[BundleDocument], error) {
			return answer(s.ExportBundle(ctx))
		})
	op(o, http.MethodPost, "/api/installation/import/preview", "preview-import", "What a bundle would change; nothing is changed",
		func(ctx context.Context, in *struct{ Body ImportInput }) (*body[ImportDocument], error) {
			return answer(s.PreviewImport(ctx, in.Body))
		})
	op(o, http.MethodPost, "/api/installation/import", "import-installation", "Put a bundle in the place of the installation; only where it is not centrally managed",
		func(ctx context.Context, in *struct{ Body ImportInput }) (*body[ImportDocument], error) {
			return answer(s.Import(ctx, in.Body))
		})
}
