package imapbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// removal is what came of taking a copy out of a mailbox.
type removal struct {
	folder   string
	found    int  // how many messages bore the Message-ID
	isMarked bool // they are only marked as deleted: the server cannot expunge single messages
}

// maxSame is how many messages of one Message-ID are removed at most; more than a few were put there by nobody of us.
const maxSame = 16

// removeDraft takes the messages with a Message-ID out of the account's folder of drafts, on a connection of its own. A folder that does not
// exist has none, and is not created. What others marked as deleted stays: nothing is expunged but what was found.
//
// std: RFC4315 §2.1
func removeDraft(ctx context.Context, a Account, messageID string) (removal, error) {
	if (Copy{Folder: Drafts, MessageID: messageID, Open: nothing}).check() != nil {
		return removal{}, fmt.Errorf("%w: Message-ID %q", ErrCopy, messageID)
	}
	s, err := open(ctx, a, func() {})
	if err != nil {
		return removal{}, err
	}
	defer s.close()
	out := removal{}
	if out.folder, _, err = s.nameOf(ctx, a, Drafts); err != nil {
		return removal{}, err
	}
	var refusal *Refusal
	switch _, err := s.selectBox(ctx, out.folder, false); {
	case errors.As(err, &refusal) && (refusal.Code == "NONEXISTENT" || refusal.Code == "TRYCREATE"):
		return out, nil
	case err != nil:
		return removal{}, err
	}
	uids, err := s.bearing(ctx, messageID)
	if err != nil || len(uids) == 0 {
		return out, err
	}
	out.found = len(uids)
	set := imap.UIDSetNum(uids...)
	err = s.do(ctx, "STORE", limits{0, ordinary}, func(c *imapclient.Client) error {
		return c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
	})
	if err != nil {
		return removal{}, err
	}
	if !s.caps.Has(imap.CapUIDPlus) {
		out.isMarked = true
		return out, nil
	}
	return out, s.do(ctx, "EXPUNGE", limits{0, ordinary}, func(c *imapclient.Client) error { return c.UIDExpunge(set).Close() })
}

// bearing gives the messages of the selected mailbox that bear a Message-ID. What the search finds is looked at: a server may search for a
// part, or badly.
func (s *session) bearing(ctx context.Context, id string) ([]imap.UID, error) {
	var found imap.UIDSet
	err := s.do(ctx, "SEARCH", limits{0, ordinary}, func(c *imapclient.Client) error {
		data, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
		if err == nil {
			found, _ = data.All.(imap.UIDSet)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	nums, ok := found.Nums()
	if !ok || len(nums) > maxSame {
		return nil, fmt.Errorf("%w: more than %d messages with the Message-ID %s", ErrProtocol, maxSame, id)
	}
	var out []imap.UID
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true}
	for _, uid := range nums {
		err := s.do(ctx, "FETCH", limits{shortLiteral, ordinary}, func(c *imapclient.Client) error {
			all, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
			for _, m := range all {
				if m.UID == uid && bears(m.FindBodySection(section), id) {
					out = append(out, uid)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bears reports that the only field of a header is that Message-ID.
func bears(header []byte, id string) bool {
	name, value, _ := strings.Cut(string(header), ":")
	return strings.EqualFold(name, "Message-ID") && strings.TrimSpace(value) == id
}

// nothing stands for the bytes of a copy that is not to be kept.
func nothing() (io.ReadCloser, error) { return nil, ErrBody }
