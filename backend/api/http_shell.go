package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/plain"
)

// Shell is what only a desktop window can do for the page. The zero value is a browser, which can do none of it. Both functions
// are set or neither is; they may be called at any time, by several requests at once.
type Shell struct {
	// Save asks the user where to keep a file, with name as the proposal, and writes it there, whole or not at all. An empty
	// path without an error: the user decided not to. It lasts as long as the user takes.
	Save func(ctx context.Context, name string, data []byte) (path string, err error)
	// Notify shows a notification of the system, of plain text.
	Notify func(title, text string) error
}

// IsWindow reports whether there is a window around the page.
func (s Shell) IsWindow() bool { return s.Save != nil && s.Notify != nil }

// Errors of a Shell.
var (
	// ErrShellBusy: what was asked before is not done yet, such as a dialog that is still open.
	ErrShellBusy = errors.New("api: window busy")
	// ErrNotSaved: the file could not be written where the user wants it.
	ErrNotSaved = errors.New("api: not saved")
	// ErrNoNotification: the system shows no notifications.
	ErrNoNotification = errors.New("api: no notification")
)

// ShellDocument says what is around the page.
type ShellDocument struct {
	Window bool `json:"window" doc:"true: a desktop window, which can save files and notify; false: a browser"`
}

// SaveInput names what to save.
type SaveInput struct {
	What    string        `json:"what" enum:"message,audit,vcard,receive,bundle" doc:"message: a sent message as it left; audit: the audit log with a checkpoint; vcard: entries of the book; receive: the counts of who may receive a label, for administrators and auditors; bundle: the installation as one file, for administrators"`
	ID      string        `json:"id,omitempty" doc:"of the message"`
	IDs     []string      `json:"ids,omitempty" maxItems:"5000" doc:"of the entries"`
	Receive *ReceiveInput `json:"receive,omitempty" doc:"what is asked"`
	After   int64         `json:"after,omitempty" minimum:"0" doc:"of the audit log: only the lines after this one"`
}

// SavedDocument says where a file was saved.
type SavedDocument struct {
	Path string `json:"path" doc:"empty: the user decided not to"`
}

// NotifyInput is a notification. It may be shown on a locked screen: it says that something happened, never what a message says.
type NotifyInput struct {
	Title string `json:"title" minLength:"1" maxLength:"200"`
	Text  string `json:"text,omitempty" maxLength:"1000"`
}

func (o operations) shell(s *Service, shell Shell) {
	op(o, http.MethodGet, "/api/shell", "shell", "Is there a desktop window around the page?",
		func(context.Context, *struct{}) (*body[ShellDocument], error) {
			return answer(ShellDocument{Window: shell.IsWindow()}, nil)
		})
	op(o, http.MethodPost, "/api/shell/save", "shell-save", "Save a message, the audit log or what the book exports by the window's dialog; in a browser 404",
		func(ctx context.Context, in *struct{ Body SaveInput }) (*body[SavedDocument], error) {
			if !shell.IsWindow() {
				return nil, noWindow()
			}
			name, data, err := s.toSave(ctx, in.Body)
			if err != nil {
				return nil, problem(err)
			}
			path, err := shell.Save(ctx, name, data)
			if err != nil {
				return nil, shellProblem(err)
			}
			return answer(SavedDocument{Path: path}, nil)
		})
	op(o, http.MethodPost, "/api/shell/notify", "shell-notify", "Show a notification of the system; in a browser 404",
		func(_ context.Context, in *struct{ Body NotifyInput }) (*struct{}, error) {
			if !shell.IsWindow() {
				return nil, noWindow()
			}
			if err := shell.Notify(in.Body.Title, in.Body.Text); err != nil {
				return nil, shellProblem(err)
			}
			return nil, nil
		}, func(op *huma.Operation) { op.DefaultStatus = http.StatusNoContent })
}

// toSave is the file that was asked for: its proposed name and its bytes.
func (s *Service) toSave(ctx context.Context, in SaveInput) (name string, data []byte, err error) {
	switch in.What {
	case "message":
		if err := s.needRole(ctx, "a sent message", drafter...); err != nil {
			return "", nil, err
		}
		data, err = s.box.Wire(ctx, in.ID)
		return in.ID + ".eml", data, err
	case "bundle":
		if err := s.needRole(ctx, "the bundle of the installation", administrator...); err != nil {
			return "", nil, err
		}
		b, err := s.ExportBundle(ctx)
		return b.Name, []byte(b.Text), err
	case "vcard":
		data, err = s.VCards(ctx, in.IDs)
		return "contacts.vcf", data, err
	case "receive":
		if in.Receive == nil {
			return "", nil, fmt.Errorf("%w: it is not said of which label", ErrLabel)
		}
		data, err = s.ExportReceive(ctx, in.Receive.request(), "csv")
		return "who-may-receive.csv", data, err
	}
	if err := s.needRole(ctx, "the audit log", heldFor...); err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	err = s.ExportAudit(ctx, in.After, &out)
	return s.auditFile(in.After), out.Bytes(), err
}

func noWindow() *Problem {
	return &Problem{
		Title: http.StatusText(http.StatusNotFound), Status: http.StatusNotFound, Code: "user-no-window",
		Detail: "there is no desktop window here: use the browser's own download",
	}
}

// shellProblem tells what an error of the window means.
func shellProblem(err error) *Problem {
	status, code := http.StatusInternalServerError, "server-shell"
	switch {
	case errors.Is(err, ErrShellBusy):
		status, code = http.StatusConflict, "user-window-busy"
	case errors.Is(err, ErrNotSaved):
		status, code = http.StatusUnprocessableEntity, "user-not-saved"
	case errors.Is(err, ErrNoNotification):
		status, code = http.StatusServiceUnavailable, "server-no-notification"
	}
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: plain.Text(err)}
}
