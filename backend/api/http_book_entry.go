package api

import (
	"context"
	"net/http"
	"time"
)

func (o operations) bookEntry(s *Service) {
	type showInput struct {
		What string `query:"what" required:"true" doc:"id or address"`
	}
	op(o, http.MethodGet, "/api/book/entry", "show", "One entry, by id or address",
		func(ctx context.Context, in *showInput) (*body[[]EntryDocument], error) {
			return answer(s.Show(ctx, in.What))
		})
	type idInput struct {
		ID string `query:"id" required:"true"`
	}
	op(o, http.MethodGet, "/api/book/entry/live", "entry-live", "One entry as its directory gives it now, with photo and certificates",
		func(ctx context.Context, in *idInput) (*body[LiveDocument], error) {
			return answer(s.ShowLive(ctx, in.ID))
		})
	op(o, http.MethodGet, "/api/book/entry/clearance", "entry-clearance", "What an entry holds; for administrators and auditors only",
		func(ctx context.Context, in *idInput) (*body[ClearanceDocument], error) {
			return answer(s.ShowClearance(ctx, in.ID))
		})
	op(o, http.MethodPost, "/api/book/reread", "reread", "Read entries again now, one question per nation, and say what changed",
		func(ctx context.Context, in *struct{ Body RereadInput }) (*body[RereadDocument], error) {
			return answer(s.Reread(ctx, in.Body.IDs, time.Duration(in.Body.Seconds)*time.Second))
		})
	op(o, http.MethodPost, "/api/book/expand", "expand", "Open a list or role one level",
		func(ctx context.Context, in *struct{ Body ExpandInput }) (*body[Expanded], error) {
			return answer(s.Expand(ctx, in.Body))
		})
	op(o, http.MethodPost, "/api/book/vcard", "vcard", "Entries as vCards 4.0, in one file",
		func(ctx context.Context, in *struct{ Body VCardInput }) (*fileOutput, error) {
			data, err := s.VCards(ctx, in.Body.IDs)
			return file("text/vcard; charset=utf-8", "contacts.vcf", data, err)
		})
}

// fileOutput is a file to keep.
type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func file(contentType, name string, data []byte, err error) (*fileOutput, error) {
	if err != nil {
		return nil, problem(err)
	}
	return &fileOutput{ContentType: contentType, Disposition: `attachment; filename="` + name + `"`, Body: data}, nil
}
