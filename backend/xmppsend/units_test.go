package xmppsend_test

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"caveat/backend/xmppsend"
)

const header = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='gbr.example'>`

// cut stands before a piece of which the rest was left out.
const cut = "(cut) "

// TestUnits: a stream is cut into its elements, however its octets come; and what breaks a rule ends it by name.
func TestUnits(t *testing.T) {
	long := strings.Repeat("x", xmppsend.MaxUnit+100)
	deep := strings.Repeat("<a>", xmppsend.MaxDepth)
	wide, answer := "<message>"+strings.Repeat("<a/>", xmppsend.MaxElements), "<iq>"+strings.Repeat("<a/>", xmppsend.MaxAnswerElement)
	for name, c := range map[string]struct {
		stream string
		pieces []string
		want   error
	}{
		"nothing":                    {"", nil, xmppsend.ErrUnreachable},
		"a stream":                   {"<?xml version='1.0'?>\n" + header + " <a/>\n<b x='>'>t<c/></b><d></d></stream:stream>", []string{header, "<a/>", "<b x='>'>t<c/></b>", "<d></d>"}, xmppsend.ErrStreamEnd},
		"a stream that breaks off":   {header + "<a/><b>", []string{header, "<a/>"}, xmppsend.ErrUnreachable},
		"a section of characters":    {header + "<a><![CDATA[</a><x>]]]></a></stream:stream>", []string{header, "<a><![CDATA[</a><x>]]]></a>"}, xmppsend.ErrStreamEnd},
		"a comment":                  {header + "<a><!-- x --></a>", []string{header}, xmppsend.ErrProtocol},
		"a comment between":          {header + "<!-- x -->", []string{header}, xmppsend.ErrProtocol},
		"a document type":            {"<!DOCTYPE a>" + header, nil, xmppsend.ErrProtocol},
		"an instruction":             {header + "<a><?x y?></a>", []string{header}, xmppsend.ErrProtocol},
		"an instruction between":     {header + "<?x y?>", []string{header}, xmppsend.ErrProtocol},
		"text between":               {header + "<a/>x", []string{header, "<a/>"}, xmppsend.ErrProtocol},
		"text before":                {"HTTP/1.1 400", nil, xmppsend.ErrProtocol},
		"an empty stream":            {"<stream:stream/>", nil, xmppsend.ErrStreamEnd},
		"a header without end":       {"<stream:stream a='" + long, nil, xmppsend.ErrTooMuch},
		"a stanza without end":       {header + "<message><body>" + strings.Repeat(long, 20), []string{header}, xmppsend.ErrTooMuch},
		"a stanza that is too long":  {header + "<message id='a'><body>" + long + "</body></message><b/>", []string{header, cut + "<message id='a'><body>", "<b/>"}, xmppsend.ErrUnreachable},
		"a name without end":         {header + "<" + long, []string{header}, xmppsend.ErrProtocol},
		"an attribute without end":   {header + "<message a='" + long + long, []string{header}, xmppsend.ErrTooMuch},
		"levels without end":         {header + strings.Repeat("<a>", 2<<20), []string{header}, xmppsend.ErrTooMuch},
		"one level too many":         {header + deep + "<b><![CDATA[</b>]]]></b>" + strings.Repeat("</a>", xmppsend.MaxDepth) + "<c/>", []string{header, cut + deep + "<b>", "<c/>"}, xmppsend.ErrUnreachable},
		"as many levels as may be":   {header + strings.Repeat("<a>", xmppsend.MaxDepth) + strings.Repeat("</a>", xmppsend.MaxDepth), []string{header, strings.Repeat("<a>", xmppsend.MaxDepth) + strings.Repeat("</a>", xmppsend.MaxDepth)}, xmppsend.ErrUnreachable},
		"one element too many":       {header + wide + "<b></b></message><c/>", []string{header, cut + wide, "<c/>"}, xmppsend.ErrUnreachable},
		"more elements in an answer": {header + "<iq>" + strings.Repeat("<a/>", xmppsend.MaxElements) + "</iq>", []string{header, "<iq>" + strings.Repeat("<a/>", xmppsend.MaxElements) + "</iq>"}, xmppsend.ErrUnreachable},
		"one too many in an answer":  {header + answer + "</iq>", []string{header, cut + answer}, xmppsend.ErrUnreachable},
		"a second stream":            {header + header, []string{header}, xmppsend.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"at once": strings.NewReader(c.stream), "octet by octet": iotest.OneByteReader(strings.NewReader(c.stream))} {
				if how != "at once" && len(c.stream) > 1<<20 {
					continue // millions of reads
				}
				got, most, err := xmppsend.Units(r)
				for i, p := range got {
					if kept, is := strings.CutPrefix(p, cut); is && len(kept) > xmppsend.MaxUnit-50 {
						kept, _, _ = strings.Cut(kept, "xxx")
						got[i] = cut + kept
					}
				}
				if !reflect.DeepEqual(got, c.pieces) || !errors.Is(err, c.want) {
					t.Errorf("%s: %.300q, %v", how, got, err)
				}
				if most > 4*xmppsend.MaxUnit {
					t.Errorf("%s: %d octets held", how, most)
				}
			}
		})
	}
	t.Run("blanks without end", func(t *testing.T) {
		got, most, err := xmppsend.Units(strings.NewReader(header + strings.Repeat(" ", 8<<20)))
		if len(got) != 1 || !errors.Is(err, xmppsend.ErrUnreachable) || most > 64<<10 {
			t.Errorf("%d pieces, %d octets held, %v", len(got), most, err)
		}
	})
}

// FuzzUnits: a piece that an XML reader understands is one element to it, too, of no more than what is allowed.
func FuzzUnits(f *testing.F) {
	for _, s := range []string{header + "<a/><b x='>'>t<c/></b>", "<?xml version='1.0'?>" + header + "<iq><![CDATA[x]]></iq> <a></a></stream:stream>", header + "<a b=\"'\"><c d='\"'/></a>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		pieces, _, err := xmppsend.Units(strings.NewReader(stream))
		if err == nil {
			t.Fatal("a stream without end")
		}
		if len(pieces) == 0 {
			return
		}
		for _, p := range pieces[1:] {
			if strings.HasPrefix(p, cut) {
				continue
			}
			d := xml.NewDecoder(strings.NewReader(p))
			if _, err := d.Token(); err != nil || d.Skip() != nil {
				continue // not well-formed: who parses it says so
			}
			if rest := p[d.InputOffset():]; rest != "" {
				t.Fatalf("%q goes on after its element", p)
			}
			if len(p) > xmppsend.MaxUnit {
				t.Fatalf("%d octets", len(p))
			}
		}
	})
}

// TestCheckChallenge: what mellium's SCRAM must not get to see.
func TestCheckChallenge(t *testing.T) {
	for challenge, ok := range map[string]bool{
		"r=abc,s=QSXCR+Q6sek8bf92,i=4096": true, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=": true, "": false, "r=abc,s": false, "r=abc,s=": false,
		"r=a,s=QUJD,i=0": false, "r=a,s=QUJD,i=2000000000": false, "r=a,s=QUJD,i=99999999999999999999": false, "r=a,s=QUJD,i=-1": false,
		"r=" + strings.Repeat("a", 10_000) + ",i=4096": false,
	} {
		if err := xmppsend.CheckChallenge(challenge); (err == nil) != ok {
			t.Errorf("%.60q: %v", challenge, err)
		}
	}
}
