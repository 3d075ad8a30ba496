package api_test

import (
	"net/http"
	"testing"

	"caveat/backend/api"
	"caveat/ldapbook"
)

// Whoever goes on with next never asks for what the search refuses.
func TestNextCanBeAskedFor(t *testing.T) {
	for name, c := range map[string]struct{ after, want int }{
		"the first answer":       {20, 20},
		"the last that is asked": {ldapbook.MaxOffset, ldapbook.MaxOffset},
		"beyond it":              {ldapbook.MaxOffset + 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := api.NextOffset(c.after); got != c.want {
				t.Errorf("%d", got)
			}
		})
	}
	w := newWorld(t, "")
	for query, want := range map[string]int{"offset=100000": http.StatusOK, "offset=100001": http.StatusUnprocessableEntity} {
		answer, err := http.Get(w.server.URL + "/api/book/search?text=&" + query)
		must(t, err)
		must(t, answer.Body.Close())
		if answer.StatusCode != want {
			t.Errorf("%s: status %d, not %d", query, answer.StatusCode, want)
		}
	}
}
