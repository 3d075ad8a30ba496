package presend

import (
	"runtime"
	"strconv"
	"strings"
	"sync"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Memory keeps what clearances say, parsed and numbered, from one Screen to the next: to decide about a million people means to
// read a few thousand documents, which takes longer than to decide. The zero Memory is empty; a nil one keeps nothing. It is safe
// for concurrent use.
type Memory struct {
	mu   sync.Mutex
	site *spif.Site
	kept map[*spif.Policy]map[string]remembered
}

type remembered struct {
	prepared cmbac.Prepared
	err      error
}

// maxRemembered bounds a Memory, in distinct sets of clearances per policy. Beyond it everything is forgotten and read again.
const maxRemembered = 50_000

// prepared gives the clearances of an entry for labels of a policy; an error when one cannot be read.
func (m *Memory) prepared(site *spif.Site, policy *spif.Policy, texts []string) (cmbac.Prepared, error) {
	if m == nil {
		return prepare(site, policy, texts)
	}
	key := textsKey(texts)
	if r, ok := m.get(site, policy, key); ok {
		return r.prepared, r.err
	}
	var r remembered
	r.prepared, r.err = prepare(site, policy, texts)
	m.put(site, policy, key, r)
	return r.prepared, r.err
}

// Learn reads clearances ahead, on all processors, for labels of each of the site's policies. It changes no answer.
func (m *Memory) Learn(site *spif.Site, clearances [][]string) {
	for _, p := range site.Policies() {
		m.learn(site, p, clearances)
	}
}

// learn reads clearances ahead, on all processors.
func (m *Memory) learn(site *spif.Site, policy *spif.Policy, all [][]string) {
	work := make(chan []string)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for texts := range work {
				m.prepared(site, policy, texts) // an error is remembered too
			}
		})
	}
	for _, texts := range all {
		if _, ok := m.get(site, policy, textsKey(texts)); !ok {
			work <- texts
		}
	}
	close(work)
	wg.Wait()
}

func (m *Memory) get(site *spif.Site, policy *spif.Policy, key string) (remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.site != site {
		return remembered{}, false
	}
	r, ok := m.kept[policy][key]
	return r, ok
}

func (m *Memory) put(site *spif.Site, policy *spif.Policy, key string, r remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.site != site {
		m.site, m.kept = site, map[*spif.Policy]map[string]remembered{}
	}
	if m.kept[policy] == nil || len(m.kept[policy]) >= maxRemembered {
		m.kept[policy] = map[string]remembered{}
	}
	m.kept[policy][key] = r
}

func prepare(site *spif.Site, policy *spif.Policy, texts []string) (cmbac.Prepared, error) {
	var held []label.Clearance
	for _, text := range texts {
		parsed, err := label.ParseClearance([]byte(text))
		if err != nil {
			return cmbac.Prepared{}, err
		}
		held = append(held, parsed)
	}
	return cmbac.Prepare(site, policy, held), nil
}

// textsKey stands for a list of texts. Lengths keep texts apart that hold any byte.
func textsKey(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(strconv.Itoa(len(text)))
		b.WriteByte(':')
		b.WriteString(text)
	}
	return b.String()
}
