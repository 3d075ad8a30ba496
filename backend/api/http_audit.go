package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

func (o operations) audit(s *Service) {
	type linesInput struct {
		Before  int64     `query:"before" minimum:"0" doc:"only lines before this one: next of the last answer; 0: from the newest"`
		Limit   int       `query:"limit" default:"100" minimum:"1" maximum:"1000"`
		Type    []string  `query:"type,explode" maxItems:"20" doc:"only lines of these types"`
		Sent    bool      `query:"sent" doc:"only decisions that let a message leave"`
		Who     string    `query:"who" maxLength:"1000" doc:"part of an address, or of a name in a directory (DN), that the line is about"`
		Message string    `query:"message" maxLength:"1000" doc:"id of a message, or its Message-ID"`
		Actor   string    `query:"actor" maxLength:"200" doc:"part of the login name of whoever did it"`
		Text    string    `query:"text" maxLength:"1000" doc:"part of anything that the line says"`
		From    time.Time `query:"from" doc:"at or after"`
		To      time.Time `query:"to" doc:"before"`
	}
	op(o, http.MethodGet, "/api/audit/lines", "audit-lines", "Lines of the audit log, newest first; a bounded part of it is looked through",
		func(ctx context.Context, in *linesInput) (*body[AuditPage], error) {
			return answer(s.AuditLines(ctx, AuditQuery{
				Before: in.Before, Limit: in.Limit, Types: in.Type, Sent: in.Sent, Who: in.Who, Message: in.Message, Actor: in.Actor, Text: in.Text,
				From: in.From, To: in.To,
			}))
		})
	type lineInput struct {
		Seq int64 `path:"seq" minimum:"1"`
	}
	op(o, http.MethodGet, "/api/audit/lines/{seq}", "audit-line", "One line of the audit log, byte for byte, and whether it is held by its neighbours",
		func(ctx context.Context, in *lineInput) (*body[AuditEntry], error) {
			return answer(s.AuditEntry(ctx, in.Seq))
		})
	op(o, http.MethodGet, "/api/audit/lines/{seq}/proof", "audit-proof", "Proof that one line is in the log, against a signed checkpoint: caveat audit verify --proof holds it to that",
		func(ctx context.Context, in *lineInput) (*fileOutput, error) {
			data, err := s.AuditProof(ctx, in.Seq)
			return file("application/json", fmt.Sprintf("caveat-audit-proof-%d.json", in.Seq), data, err)
		})
	type messageInput struct {
		ID string `path:"id"`
	}
	op(o, http.MethodGet, "/api/audit/messages/{id}", "audit-message", "Who got a message, and on what evidence",
		func(ctx context.Context, in *messageInput) (*body[AuditMessage], error) {
			return answer(s.AuditMessage(ctx, in.ID))
		})
	type exportInput struct {
		After int64 `query:"after" minimum:"0" doc:"only the lines after this one: behind an earlier export that ended with it they make the whole log"`
	}
	op(o, http.MethodGet, "/api/audit/export", "audit-export", "The audit log as JSON lines, ending with a checkpoint",
		func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
			if err := s.mayExportAudit(ctx, in.After); err != nil {
				return nil, problem(err)
			}
			return &huma.StreamResponse{Body: func(h huma.Context) {
				h.SetHeader("Content-Type", "application/jsonl")
				h.SetHeader("Content-Disposition", `attachment; filename="`+s.auditFile(in.After)+`"`)
				if err := s.log.ExportAfter(ctx, in.After, h.BodyWriter()); err != nil {
					panic(http.ErrAbortHandler) // what was written is no whole export: whoever reads it must notice
				}
			}}, nil
		}, func(op *huma.Operation) {
			op.Responses = map[string]*huma.Response{"200": {Description: "The log", Content: map[string]*huma.MediaType{
				"application/jsonl": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
			}}}
		})
	type refusedInput struct {
		Before int64     `query:"before" minimum:"0" doc:"next of the last answer; 0: from the newest"`
		From   time.Time `query:"from" doc:"only what was sent at or after"`
	}
	op(o, http.MethodGet, "/api/audit/refused", "audit-refused", "What was sent that would now be refused; a bounded part is decided anew",
		func(ctx context.Context, in *refusedInput) (*body[RefusedPage], error) {
			return answer(s.AuditRefused(ctx, RefusedQuery{Before: in.Before, From: in.From}))
		})
}
