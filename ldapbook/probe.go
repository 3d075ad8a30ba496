package ldapbook

import (
	"context"
	"slices"
	"time"

	"caveat/ldapbook/internal/wire"
)

// TestResult is what a connection test found out.
type TestResult struct {
	URL            string
	Transport      Transport
	Vendor         string   // name and version, where the server tells
	NamingContexts []string // DNs
	Controls       []string // object identifiers
	Paging         bool     // paged results are supported; without them a large directory cannot be read
	// Entries is how many entries a small search brought; More: there are more.
	Entries       int
	More          bool
	WithClearance int // how many of them have a clearance; 0: nothing could be sent to them
	// Clock is what the server said the time was (MS-ADTS 3.1.1.3.2.5, currentTime), and Asked when by our clock; zero: it does not say.
	Clock, Asked time.Time
}

// testEntries is the size limit of the small search.
const testEntries = 50

// Test reads the server's description of itself and a few entries. Errors as Search; ErrNoSuchBase means that BaseDN is
// wrong: NamingContexts, which is filled in then, says what it may be.
func (c *Conn) Test(ctx context.Context) (TestResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	result := TestResult{URL: c.url, Transport: c.src.Security}
	if err := c.rootDSE(ctx, &result); err != nil {
		return TestResult{}, err
	}
	request, err := c.search(c.src.BaseDN, wire.ScopeSubtree, c.src.Mapping.classFilter(""))
	if err != nil {
		return TestResult{}, err
	}
	request.SizeLimit = testEntries
	entries, more, err := c.gather(ctx, request)
	if err != nil {
		return result, err
	}
	result.More = more
	for _, e := range entries {
		if e.Kind == KindOrganisation {
			continue
		}
		result.Entries++
		if len(e.Clearance) > 0 {
			result.WithClearance++
		}
	}
	return result, nil
}

func (c *Conn) rootDSE(ctx context.Context, result *TestResult) error {
	request, err := c.search("", wire.ScopeBase, "(objectClass=*)")
	if err != nil {
		return err
	}
	request.Attrs = []string{"namingContexts", "supportedControl", "vendorName", "vendorVersion", "currentTime"}
	done, err := c.client.Search(ctx, c.src.Timeout, request, func(m wire.Message) error {
		_, err := m.Entry(func(attr, value []byte) {
			switch string(attr) {
			case "namingContexts":
				result.NamingContexts = append(result.NamingContexts, string(value))
			case "supportedControl":
				result.Controls = append(result.Controls, string(value))
			case "vendorName", "vendorVersion":
				if result.Vendor != "" {
					result.Vendor += " "
				}
				result.Vendor += string(value)
			case "currentTime":
				if at, ok := parseGeneralizedTime(string(value)); ok {
					result.Clock, result.Asked = at, time.Now()
				}
			}
		})
		return err
	})
	if err != nil {
		return c.explain(err)
	}
	if done.Code != 0 && done.Code != codeNoSuchObject {
		return c.explain(&done.Result)
	}
	result.Paging = slices.Contains(result.Controls, wire.OIDPagedResults)
	return nil
}
