package api

import (
	"context"
	"net/http"
	"time"
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
	type messageInput struct {
		ID string `path:"id"`
	}
	op(o, http.MethodGet, "/api/audit/messages/{id}", "audit-message", "Who got a message, and on what evidence",
		func(ctx context.Context, in *messageInput) (*body[AuditMessage], error) {
			return answer(s.AuditMessage(ctx, in.ID))
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
