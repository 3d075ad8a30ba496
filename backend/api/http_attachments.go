package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/draft"
)

// KeptAttachment is a file whose content is kept, ready to stand in a draft.
type KeptAttachment struct {
	File   string `json:"file" doc:"its name, without a path and without characters that deceive"`
	SHA256 string `json:"sha256" doc:"of the content, lower-case hexadecimal"`
	Size   int64  `json:"size" doc:"in bytes"`
	Type   string `json:"type" doc:"media type, by its name"`
	MarkingDocument
	Label        *LabelBody `json:"label,omitempty" doc:"what the file itself bears; it stands in the draft, and cannot be taken off or made less restrictive there"`
	LabelProblem string     `json:"labelProblem,omitempty" doc:"why the label that the file bears cannot be read; the draft is then error"`
}

// streamedBody is a request body that is not read into memory.
type streamedBody struct {
	reader io.Reader
	length int64 // as announced; -1: not
}

// Resolve implements huma.Resolver: it is how an operation gets at its body unread.
func (in *streamedBody) Resolve(ctx huma.Context) []error {
	in.reader, in.length = ctx.BodyReader(), announced(ctx)
	return nil
}

// announced is the length that a request says its body has.
func announced(ctx huma.Context) int64 {
	n, err := strconv.ParseInt(ctx.Header("Content-Length"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// streams says in the description that the body is bytes.
func streams(mediaType, what string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.RequestBody = &huma.RequestBody{Required: true, Description: what, Content: map[string]*huma.MediaType{
			mediaType: {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}}
	}
}

func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// UploadInput is a file to keep.
type UploadInput struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"1000" doc:"of the file"`
	streamedBody
}

func (o operations) attachments(s *Service) {
	op(o, http.MethodPost, "/api/attachments", "add-attachment", "Keep the content of a file, to be attached to a draft",
		func(ctx context.Context, in *UploadInput) (*body[KeptAttachment], error) {
			return answer(s.KeepAttachment(ctx, in.Name, in.reader, in.length))
		}, streams("application/octet-stream", "the content, as it is"), created)
	type readInput struct {
		SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$"`
		Name   string `query:"name" maxLength:"1000" doc:"under which it is saved"`
	}
	op(o, http.MethodGet, "/api/attachments/{sha256}", "attachment", "The content of a file that a draft or message of this installation has",
		func(ctx context.Context, in *readInput) (*huma.StreamResponse, error) {
			f, err := s.OpenAttachment(ctx, in.SHA256)
			if err != nil {
				return nil, problem(err)
			}
			return &huma.StreamResponse{Body: func(c huma.Context) {
				defer f.Close()
				// Never shown by the browser itself: whatever it holds, it is saved.
				c.SetHeader("Content-Type", "application/octet-stream")
				c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": draft.FileName(in.Name)}))
				io.Copy(c.BodyWriter(), f)
			}}, nil
		}, func(op *huma.Operation) {
			op.Responses = map[string]*huma.Response{"200": {Description: "The content", Content: map[string]*huma.MediaType{
				"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
			}}}
		})
}
