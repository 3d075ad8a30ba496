package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/installation"
)

// post asks the operations of a page that has shell around it, without a service.
func post(shell api.Shell, method, path, body string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	api.Handler(mux, nil, shell, "test")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	api.As(func(*http.Request) api.Caller { return api.Caller{Roles: installation.Roles()} }, mux).ServeHTTP(w, r)
	return w
}

func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var p struct{ Code string }
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return p.Code
}

// TestShellOfABrowser: a browser can do none of it, and is told with a code of its own.
func TestShellOfABrowser(t *testing.T) {
	if w := post(api.Shell{}, "GET", "/api/shell", ""); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"window":false}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for path, body := range map[string]string{"/api/shell/save": `{"what": "audit"}`, "/api/shell/notify": `{"title": "Sent"}`} {
		if w := post(api.Shell{}, "POST", path, body); w.Code != 404 || code(t, w) != "user-no-window" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// TestShellNotify: what the window says comes through, and each of its errors has a code.
func TestShellNotify(t *testing.T) {
	var shown []string
	var fails error
	shell := api.Shell{
		Save:   func(context.Context, string, []byte) (string, error) { return "", nil },
		Notify: func(title, text string) error { shown = append(shown, title+"|"+text); return fails },
	}
	if w := post(shell, "GET", "/api/shell", ""); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"window":true}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := post(shell, "POST", "/api/shell/notify", `{"title": "Sent", "text": "to 2 of 2"}`); w.Code != 204 || len(shown) != 1 || shown[0] != "Sent|to 2 of 2" {
		t.Errorf("%d %s %q", w.Code, w.Body, shown)
	}
	if w := post(shell, "POST", "/api/shell/notify", `{"title": ""}`); w.Code != 422 || len(shown) != 1 {
		t.Errorf("without a title: %d %s", w.Code, w.Body)
	}
	for _, x := range []struct {
		err    error
		status int
		code   string
	}{
		{api.ErrNoNotification, 503, "server-no-notification"},
		{api.ErrShellBusy, 409, "user-window-busy"},
		{api.ErrNotSaved, 422, "user-not-saved"},
		{errors.New("else"), 500, "server-shell"},
	} {
		fails = fmt.Errorf("%w: because", x.err)
		if w := post(shell, "POST", "/api/shell/notify", `{"title": "Sent"}`); w.Code != x.status || code(t, w) != x.code {
			t.Errorf("%v: %d %s", x.err, w.Code, w.Body)
		}
	}
}
