package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// accepted marks an operation that only begins something.
func accepted(o *huma.Operation) { o.DefaultStatus = http.StatusAccepted }

func (o operations) directories(s *Service) {
	type nameInput struct {
		Name string `path:"name" maxLength:"64"`
	}
	type revisionInput struct {
		Name     string `path:"name" maxLength:"64"`
		Revision string `query:"revision" required:"true" maxLength:"64" doc:"of the directory that it was made for: DirectoryDocument.revision"`
	}
	op(o, http.MethodGet, "/api/directories", "directories", "The directories, how fresh they are, and what is going on",
		func(ctx context.Context, _ *struct{}) (*body[[]DirectoryDocument], error) {
			return answer(s.ListDirectories(ctx))
		})
	op(o, http.MethodPost, "/api/directories/{name}/test", "test-directory", "Connect, bind and look around",
		func(ctx context.Context, in *nameInput) (*body[TestDocument], error) {
			return answer(s.TestDirectory(ctx, in.Name))
		})
	op(o, http.MethodGet, "/api/directories/{name}/reads", "directory-reads", "What reading a directory brought and cost of late",
		func(ctx context.Context, in *nameInput) (*body[ReadsDocument], error) {
			return answer(s.DirectoryReads(ctx, in.Name))
		})
	op(o, http.MethodGet, "/api/directories/{name}/settings", "directory-settings", "What can be changed of a directory",
		func(_ context.Context, in *nameInput) (*body[DirectorySettings], error) {
			return answer(s.SettingsOf(in.Name))
		})
	op(o, http.MethodPut, "/api/directories/{name}/settings", "change-directory", "Change what a directory decides for, and how it is kept up to date",
		func(ctx context.Context, in *struct {
			Name string `path:"name" maxLength:"64"`
			Body DirectorySettings
		}) (*body[ChangedDocument], error) {
			return answer(s.ChangeDirectory(ctx, in.Name, in.Body))
		})
	op(o, http.MethodPost, "/api/directories/{name}/pause", "pause-directory", "Neither read nor ask a directory; what was read goes on deciding, as old as it is",
		func(ctx context.Context, in *revisionInput) (*body[ChangedDocument], error) {
			return answer(s.PauseDirectory(ctx, in.Name, in.Revision))
		})
	op(o, http.MethodPost, "/api/directories/{name}/resume", "resume-directory", "Read and ask a paused directory again",
		func(ctx context.Context, in *revisionInput) (*body[ChangedDocument], error) {
			return answer(s.ResumeDirectory(ctx, in.Name, in.Revision))
		})
	op(o, http.MethodPost, "/api/directories/{name}/confirm", "confirm-directory", "Let go what the directory no longer has, and read it again",
		func(ctx context.Context, in *nameInput) (*body[JobDocument], error) {
			id, err := s.SubmitConfirm(ctx, in.Name)
			return answer(JobDocument{Job: id}, err)
		}, accepted)
	op(o, http.MethodPost, "/api/directories/{name}/stop", "stop-directory", "Stop the read that is going on; what it brought so far stays",
		func(ctx context.Context, in *nameInput) (*body[StoppedDocument], error) {
			return answer(s.StopSync(ctx, in.Name))
		})
	op(o, http.MethodPost, "/api/directories/propose", "propose-directory", "Ask a server how it should be set up; nothing is changed",
		func(ctx context.Context, in *struct{ Body DirectoryInput }) (*body[ProposalDocument], error) {
			if err := in.Body.fromPage(); err != nil {
				return answer(ProposalDocument{}, err)
			}
			return answer(s.ProposeDirectory(ctx, in.Body))
		})
	op(o, http.MethodPost, "/api/directories", "add-directory", "Add a directory; only where the installation is not centrally managed",
		func(ctx context.Context, in *struct{ Body DirectoryInput }) (*body[AddedDocument], error) {
			if err := in.Body.fromPage(); err != nil {
				return answer(AddedDocument{}, err)
			}
			return answer(s.AddDirectory(ctx, in.Body))
		})
	op(o, http.MethodDelete, "/api/directories/{name}", "remove-directory", "Remove a directory and forget what the book has of it; only where the installation is not centrally managed",
		func(ctx context.Context, in *revisionInput) (*body[RemovedDocument], error) {
			return answer(s.RemoveDirectory(ctx, in.Name, in.Revision))
		})
	type syncInput struct {
		Directory string `query:"directory" doc:"name of one directory; left out: all mirrored ones"`
		Full      bool   `query:"full" doc:"read everything, not only what changed"`
	}
	op(o, http.MethodPost, "/api/book/sync", "sync", "Read the directories now",
		func(ctx context.Context, in *syncInput) (*body[JobDocument], error) {
			id, err := s.SubmitSync(ctx, SyncRequest{Directory: in.Directory, Full: in.Full})
			return answer(JobDocument{Job: id}, err)
		})
}

// TransformSchema lets running be null: there is no other way to say that of a document.
func (DirectoryDocument) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "running")
}

// TransformSchema lets certificate be null.
func (TestDocument) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "certificate")
}

// TransformSchema lets certificate be null.
func (ProposalDocument) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "certificate")
}

func orNull(s *huma.Schema, name string) *huma.Schema {
	p := s.Properties[name]
	s.Properties[name] = &huma.Schema{Description: p.Description, OneOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
	return s
}
