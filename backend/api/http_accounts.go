package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

func (o operations) accounts(s *Service) {
	type nameInput struct {
		Name string `path:"name" maxLength:"64"`
	}
	op(o, http.MethodGet, "/api/accounts", "accounts", "The accounts, what uses them, and whether their secrets are stored",
		func(ctx context.Context, _ *struct{}) (*body[AccountsDocument], error) {
			return answer(s.ListAccounts(ctx))
		})
	op(o, http.MethodPost, "/api/accounts", "add-account", "Add an account; only where the installation is not centrally managed",
		func(ctx context.Context, in *struct{ Body AccountInput }) (*body[ChangedAccount], error) {
			return answer(s.AddAccount(ctx, in.Body))
		})
	op(o, http.MethodPut, "/api/accounts/{name}", "change-account", "Change an account; only where the installation is not centrally managed",
		func(ctx context.Context, in *changeAccountInput) (*body[ChangedAccount], error) {
			return answer(s.ChangeAccount(ctx, in.Name, in.Body))
		})
	type removeInput struct {
		Name   string   `path:"name" maxLength:"64"`
		Unbind []string `query:"unbind,explode" doc:"ids of the identities that use it and shall go on without it: all of them, else it stays"`

		Revision string `query:"revision" required:"true" maxLength:"64" doc:"of the account that is to go: AccountInput.revision"`
	}
	op(o, http.MethodDelete, "/api/accounts/{name}", "remove-account", "Remove an account; only where the installation is not centrally managed",
		func(ctx context.Context, in *removeInput) (*body[ChangedAccount], error) {
			shown := func(u AccountUse) bool { return slices.Contains(in.Unbind, u.Identity) }
			return answer(s.RemoveAccount(ctx, in.Name, in.Revision, shown))
		})
	op(o, http.MethodPost, "/api/accounts/{name}/test", "test-account", "Connect and log in as the account, and see what its server can do; nothing is sent",
		func(ctx context.Context, in *nameInput) (*body[AccountTestDocument], error) {
			return answer(s.TestAccount(ctx, in.Name))
		})
	type tryInput struct {
		Body struct {
			Account AccountInput `json:"account"`
			Of      string       `json:"of,omitempty" maxLength:"64" doc:"the account that is changed; left out: a new one"`
		}
	}
	op(o, http.MethodPost, "/api/accounts/try", "try-account", "Test an account that is not saved; nothing is stored or sent",
		func(ctx context.Context, in *tryInput) (*body[AccountTestDocument], error) {
			return answer(s.TryAccount(ctx, in.Body.Account, in.Body.Of))
		})
}

// changeAccountInput is a change of an account: unlike a new one, it says of which revision.
type changeAccountInput struct {
	Name string `path:"name" maxLength:"64"`
	Body AccountInput
}

// Resolve implements huma.Resolver.
func (in *changeAccountInput) Resolve(huma.Context) []error {
	if in.Body.Revision == "" {
		return []error{&huma.ErrorDetail{Location: "body.revision", Message: "expected the revision of the account that is changed"}}
	}
	return nil
}

func (o operations) identities(s *Service) {
	op(o, http.MethodGet, "/api/identities", "identities", "Who may send as whom on this machine, and with which roles",
		func(ctx context.Context, _ *struct{}) (*body[[]BoundIdentity], error) {
			return answer(s.ListIdentities(ctx))
		})
	op(o, http.MethodPost, "/api/identities", "add-identity", "Bind a directory entry to a user; only where the installation is not centrally managed",
		func(ctx context.Context, in *struct{ Body IdentityInput }) (*body[BoundIdentity], error) {
			return answer(s.AddIdentity(ctx, in.Body))
		})
	type idInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	type changeInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body IdentityInput
	}
	op(o, http.MethodPut, "/api/identities/{id}", "change-identity", "Change an identity; only where the installation is not centrally managed",
		func(ctx context.Context, in *changeInput) (*body[BoundIdentity], error) {
			return answer(s.ChangeIdentity(ctx, in.ID, in.Body))
		})
	op(o, http.MethodDelete, "/api/identities/{id}", "remove-identity", "Remove an identity; only where the installation is not centrally managed",
		func(ctx context.Context, in *idInput) (*body[BoundIdentity], error) {
			return answer(s.RemoveIdentity(ctx, in.ID))
		})
}

func (o operations) defaultLabels(s *Service) {
	type langInput struct {
		Lang string `query:"lang" maxLength:"35" doc:"language of the markings"`
	}
	op(o, http.MethodGet, "/api/default-labels", "default-labels", "What is taken to be the label of unlabelled messages, by domain or room",
		func(ctx context.Context, in *langInput) (*body[[]DefaultLabelDocument], error) {
			return answer(s.ListDefaultLabels(ctx, in.Lang))
		})
	type setInput struct {
		Lang string `query:"lang" maxLength:"35" doc:"language of the markings"`
		Body DefaultLabelInput
	}
	op(o, http.MethodPut, "/api/default-labels", "set-default-label", "Give a domain or room its default label; only where the installation is not centrally managed",
		func(ctx context.Context, in *setInput) (*body[DefaultLabelDocument], error) {
			return answer(s.SetDefaultLabel(ctx, in.Body, in.Lang))
		})
	type ofInput struct {
		Of string `path:"of" maxLength:"3071" doc:"domain or address of the room"`
	}
	op(o, http.MethodDelete, "/api/default-labels/{of}", "drop-default-label", "Take a domain's or room's default label away; only where the installation is not centrally managed",
		func(ctx context.Context, in *ofInput) (*body[DefaultLabelDocument], error) {
			return answer(s.RemoveDefaultLabel(ctx, in.Of))
		})
}

// TransformSchema lets certificate be null.
func (AccountDocument) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "certificate")
}
