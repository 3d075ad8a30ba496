package api_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
)

// Whoever uses the program is told that checkpoints of the log cannot leave the machine, and, where that is required, that nothing is sent.
func TestSendingStopsWithTheLog(t *testing.T) {
	w := newWorld(t, "\n[audit]\nevery = \"10s\"\nrequired = \"1h\"\ndrop = "+fmt.Sprintf("%q\n", filepath.Join(t.TempDir(), "not mounted")))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.service.Work(ctx, false) }()
	isTold := func(words string) bool {
		return slices.ContainsFunc(get[api.InstallationDocument](w, "/api/installation").Warnings, func(s string) bool { return strings.Contains(s, words) })
	}
	for !isTold("no checkpoint of the audit log has left the machine") {
		must(t, t.Context().Err())
		time.Sleep(10 * time.Millisecond)
	}
	answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, content(secret, ann)))
	_, err := w.store.Writer().Exec(`UPDATE audit_way SET began = began - 2 * 3600 * 1000`)
	must(t, err)
	w.refused(http.StatusServiceUnavailable, "server-audit-log", "POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, content(secret, ann)))
	if !isTold("Nothing is sent until one does") || w.service.AuditHealth(t.Context()).Problem == "" {
		t.Error("nobody is told that nothing is sent")
	}
	cancel()
	must(t, <-ended)
}
