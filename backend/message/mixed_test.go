package message_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"runtime"
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/message"
)

// contents are files by hash.
type contents map[string][]byte

func (c contents) open(a draft.Attachment) (io.ReadCloser, error) {
	data, ok := c[a.SHA256]
	if !ok {
		return nil, errors.New("not there")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (c contents) add(name string, data []byte) draft.Attachment {
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	c[key] = data
	return draft.Attachment{File: name, SHA256: key, Size: int64(len(data))}
}

// parts reads a multipart message by the standard library: the first is the text.
func parts(t *testing.T, raw []byte) (names []string, bodies [][]byte) {
	t.Helper()
	m := parsed(t, raw)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatalf("%q: %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return names, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(decoded(p.Header.Get("Content-Transfer-Encoding"), p))
		if err != nil {
			t.Fatal(err)
		}
		names, bodies = append(names, p.FileName()), append(bodies, body)
	}
}

func TestAttachments(t *testing.T) {
	files := contents{}
	d, s := mailDraft(), seal()
	random := make([]byte, 10_000)
	for i := range random {
		random[i] = byte(i * i >> 3)
	}
	for _, name := range []string{"plan.pdf", "Lagekarte Übersicht ☃ 2026 mit einem sehr langen Namen, der gefaltet werden muss.png", `quote' and = sign; x.txt`, "msg.eml"} {
		d.Attachments = append(d.Attachments, files.add(name, append([]byte(name), random...)))
	}
	d.Attachments = append(d.Attachments, files.add("empty", nil))
	var out bytes.Buffer
	if err := message.Write(&out, d, s, files.open); err != nil {
		t.Fatal(err)
	}
	checkLines(t, out.Bytes())
	names, bodies := parts(t, out.Bytes())
	if len(names) != 6 || string(bodies[0]) != "All is well.\r\n" {
		t.Fatalf("%q, %q", names, bodies[0])
	}
	for i, a := range d.Attachments {
		if names[i+1] != a.File || !bytes.Equal(bodies[i+1], files[a.SHA256]) {
			t.Errorf("%q came as %q with %d bytes", a.File, names[i+1], len(bodies[i+1]))
		}
	}
	if l, err := message.ReadLabel(bytes.NewReader(out.Bytes())); err != nil || l.Label.Classification != "SECRET" {
		t.Errorf("the label: %v", err)
	}
	if size := message.SizeOf(d); size < int64(out.Len()) || size > 3*int64(out.Len()) {
		t.Errorf("estimated %d bytes of %d", size, out.Len())
	}
	var again bytes.Buffer
	if err := message.Write(&again, d, s, files.open); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
		t.Errorf("not the same bytes again: %v", err)
	}
}

// TestRule02PortionsStandInTheText: body first, then each paragraph after its marking.
func TestRule02PortionsStandInTheText(t *testing.T) {
	d, s := mailDraft(), seal()
	d.Parts = []draft.Part{{Text: "First.\r\n"}, {Text: "Second,\nof two lines."}}
	s.Portions = []string{"MS", "MR"}
	m := parsed(t, compose(t, d, s))
	body, err := io.ReadAll(m.Body)
	if want := "All is well.\r\n\r\n(MS) First.\r\n\r\n(MR) Second,\r\nof two lines.\r\n"; err != nil || string(body) != want {
		t.Errorf("%q, %v", body, err)
	}
	d.Body = ""
	m = parsed(t, compose(t, d, s))
	if body, _ := io.ReadAll(m.Body); !strings.HasPrefix(string(body), "(MS) First.") {
		t.Errorf("%q", body)
	}
	for _, marks := range [][]string{nil, {"MS"}, {"MS", ""}, {"MS", "M\nS"}} {
		s.Portions = marks
		if _, err := message.Compose(d, s); !errors.Is(err, message.ErrInvalid) {
			t.Errorf("%q: %v", marks, err)
		}
	}
}

// TestRule02SidecarCarriesAnAttachmentsLabel: an attachment's own label is bound to it by a detached binding data object.
func TestRule02SidecarCarriesAnAttachmentsLabel(t *testing.T) {
	files := contents{}
	d, s := mailDraft(), seal()
	d.Attachments = []draft.Attachment{files.add("plan of ☃.pdf", []byte("x"))}
	own := secret()
	own.Classification = "RESTRICTED"
	s.Sidecars = map[int]label.Label{0: own}
	var out bytes.Buffer
	if err := message.Write(&out, d, s, files.open); err != nil {
		t.Fatal(err)
	}
	names, bodies := parts(t, out.Bytes())
	if len(names) != 3 || names[2] != "plan of ☃.pdf.bdo" {
		t.Fatalf("%q", names)
	}
	o, err := binding.Parse(bodies[2])
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.Bound(message.SidecarReference("plan of ☃.pdf"))
	if err != nil || len(b.Labels) != 1 || b.Labels[0].Classification != "RESTRICTED" {
		t.Errorf("%+v, %v", b, err)
	}
	// Attached to a further message it bears both, and everything in it that looks like a label was read.
	all, err := message.ReadFileLabels(&out)
	if err != nil || len(all) != 2 || all[0].Label.Classification != "SECRET" || all[1].Binding == nil || all[1].Sidecar != names[2] {
		t.Fatalf("%+v, %v", all, err)
	}
	if b, err := all[1].Binding.Bound(all[1].Reference); err != nil || len(b.Labels) != 1 {
		t.Errorf("%+v, %v", b, err)
	}
}

// A file that was changed after the check does not go out under its name, and neither does a header that somebody puts into it.
func TestAttachmentsRefused(t *testing.T) {
	files := contents{}
	good := files.add("plan.pdf", []byte("the plan"))
	for name, change := range map[string]func(*draft.Attachment){
		"other bytes":       func(a *draft.Attachment) { files[a.SHA256] = []byte("the Plan") },
		"a byte more":       func(a *draft.Attachment) { files[a.SHA256] = []byte("the plan.") },
		"another size":      func(a *draft.Attachment) { a.Size++ },
		"another hash":      func(a *draft.Attachment) { b := files.add("x", []byte("other")); a.SHA256 = b.SHA256 },
		"not there":         func(a *draft.Attachment) { a.SHA256 = strings.Repeat("0", 64) },
		"a path":            func(a *draft.Attachment) { a.File = "../plan.pdf" },
		"a header":          func(a *draft.Attachment) { a.File = "plan\r\nBcc: x@y.pdf" },
		"turned letters":    func(a *draft.Attachment) { a.File = "plan\u202efdp.exe" },
		"no name":           func(a *draft.Attachment) { a.File = "" },
		"a type's header":   func(a *draft.Attachment) { a.Type = "text/plain\r\nSIO-Label: x" },
		"a type's boundary": func(a *draft.Attachment) { a.Type = `multipart/mixed; boundary="x"` },
	} {
		t.Run(name, func(t *testing.T) {
			a := good
			files[a.SHA256] = []byte("the plan")
			change(&a)
			d := mailDraft()
			d.Attachments = []draft.Attachment{a}
			if err := message.Write(io.Discard, d, seal(), files.open); err == nil {
				t.Error("written")
			}
		})
	}
}

// TestLargeAttachmentIsNotHeld: 50 MB pass within a tenth of that.
func TestLargeAttachmentIsNotHeld(t *testing.T) {
	const size = 50 << 20
	h := sha256.New()
	io.CopyN(h, zeros{}, size)
	d := mailDraft()
	d.Attachments = []draft.Attachment{{File: "large.bin", SHA256: hex.EncodeToString(h.Sum(nil)), Size: size}}
	var peak uint64
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := &counter{each: func() {
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc)
	}}
	err := message.Write(w, d, seal(), func(draft.Attachment) (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil })
	if err != nil || w.n < size*4/3 {
		t.Fatalf("%d bytes, %v", w.n, err)
	}
	if held := int64(peak) - int64(before.HeapAlloc); held > size/10 {
		t.Errorf("%d bytes were held at once", held)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// counter counts bytes, and looks at the memory every few megabytes.
type counter struct {
	n, next int64
	each    func()
}

func (c *counter) Write(p []byte) (int, error) {
	if c.n += int64(len(p)); c.n > c.next {
		c.next += 4 << 20
		c.each()
	}
	return len(p), nil
}

// TestCheckDraft: a value that no message can hold is named by the key it stands under.
func TestCheckDraft(t *testing.T) {
	for field, change := range map[string]func(*draft.Draft){
		"primaryPrecedence":   func(d *draft.Draft) { d.PrimaryPrecedence = "urgent" },
		"copyPrecedence":      func(d *draft.Draft) { d.CopyPrecedence = "32" },
		"sic":                 func(d *draft.Draft) { d.SIC = []string{"ABC", "AB"} },
		"sic ":                func(d *draft.Draft) { d.SIC = []string{"abc"} },
		"subject":             func(d *draft.Draft) { d.Subject = strings.Repeat("a", 1001) },
		"messageType":         func(d *draft.Draft) { d.MessageType = "war" },
		"originatorReference": func(d *draft.Draft) { d.OriginatorReference = strings.Repeat("a", 70) },
		"handling":            func(d *draft.Draft) { d.Handling = []string{"A*B"} },
		"exempted":            func(d *draft.Draft) { d.Exempted = d.Action },
		"inReplyTo":           func(d *draft.Draft) { d.InReplyTo = "no id" },
		"attachments":         func(d *draft.Draft) { d.Attachments = []draft.Attachment{{File: "a/b"}} },
		"attachments ":        func(d *draft.Draft) { d.Attachments = []draft.Attachment{{File: "plan.pdf"}, {File: "Plan.PDF"}} },
	} {
		field = strings.TrimSpace(field)
		d := mailDraft()
		if err := message.CheckDraft(d); err != nil {
			t.Fatal(err)
		}
		change(&d)
		var named *draft.FieldError
		if err := message.CheckDraft(d); !errors.As(err, &named) || named.Field != field || !errors.Is(err, message.ErrInvalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestReadFileLabel: a file bears its label whatever it is called; one that cannot be read is never no label.
func TestReadFileLabel(t *testing.T) {
	eml := string(compose(t, mailDraft(), seal()))
	for name, c := range map[string]struct {
		file string
		want error
		raw  bool
	}{
		"a message":                   {eml, nil, false},
		"a message of an mbox":        {"From me Mon\n" + eml, nil, false},
		"with a byte order mark":      {"\ufeff" + eml, nil, false},
		"after empty lines":           {"\r\n\r\n" + eml, nil, false},
		"with line feeds":             {strings.ReplaceAll(eml, "\r\n", "\n"), nil, false},
		"a PDF":                       {"%PDF-1.7\n...", message.ErrNoLabel, false},
		"nothing":                     {"", message.ErrNoLabel, false},
		"a message without":           {"From: a@b\r\nSubject: x\r\n\r\n> SIO-Label: marking=\"S\"\r\n", message.ErrNoLabel, false},
		"in the text of a message":    {"From: a@b\r\nSubject: x\r\n\r\nSIO-Label: marking=\"S\"\r\n", message.ErrLookalike, true},
		"a broken one":                {"From: a@b\r\nsio-label: type=\":xml\"; label=\"!!\"\r\n\r\n", message.ErrBase64, true},
		"two":                         {"SIO-Label: marking=\"S\"\r\nSIO-Label: marking=\"R\"\r\n\r\n", message.ErrTwoLabels, true},
		"a marking only":              {"SIO-Label: marking=\"SECRET\"\r\n\r\n", message.ErrNoLabel, true},
		"in a message inside":         {outer(eml), nil, false},
		"in one two levels down":      {outer(outer(eml)), nil, false},
		"of two messages inside":      {outer(eml, eml), nil, false},
		"none inside":                 {outer("From: a@b\r\n\r\nx"), message.ErrNoLabel, false},
		"a message inside cut off":    {strings.TrimSuffix(outer(eml), "--b--\r\n"), message.ErrSyntax, true},
		"too deep to look":            {deep(20), message.ErrSyntax, true},
		"behind a very long header":   {"X-Long: " + strings.Repeat("x", message.MaxHeader) + "\r\n" + eml, message.ErrSyntax, true},
		"a long file that is none":    {"%PDF-1.7\n" + strings.Repeat("x", message.MaxHeader), message.ErrNoLabel, false},
		"in a header that is no good": {"what is this\r\nSIO-Label: marking=\"S\"\r\n\r\n", message.ErrSyntax, true},
	} {
		got, err := worst(t, c.file)
		if !errors.Is(err, c.want) || (got.Raw != "") != c.raw {
			t.Errorf("%s: %q, %v", name, got.Raw, err)
		}
		if c.want == nil && got.Label.Classification != "SECRET" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// worst is the label of a file that cannot be read, else the first; ErrNoLabel where it bears none.
func worst(t *testing.T, file string) (message.FileLabel, error) {
	t.Helper()
	all, err := message.ReadFileLabels(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Err != nil {
			return l, l.Err
		}
	}
	if len(all) == 0 {
		return message.FileLabel{}, message.ErrNoLabel
	}
	return all[0], nil
}

// TestRule02EveryMessageInsideIsRead: also where the message around it has a label, each with how deep it lies.
func TestRule02EveryMessageInsideIsRead(t *testing.T) {
	eml := string(compose(t, mailDraft(), seal()))
	field := eml[strings.Index(strings.ToLower(eml), "sio-label:"):]
	labelled := field[:strings.Index(field, "\r\n")+2]
	for rest := field[len(labelled):]; strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "\t"); rest = field[len(labelled):] {
		labelled += rest[:strings.Index(rest, "\r\n")+2]
	}
	all, err := message.ReadFileLabels(strings.NewReader(labelled + outer(labelled+outer(eml))))
	if err != nil {
		t.Fatal(err)
	}
	var depths []int
	for _, l := range all {
		depths = append(depths, l.Depth)
		if l.Err != nil || l.Label.Classification != "SECRET" {
			t.Errorf("%+v", l)
		}
	}
	if !slices.Equal(depths, []int{0, 1, 2}) {
		t.Errorf("labels at the depths %v", depths)
	}
	if _, err := worst(t, labelled+outer(strings.Repeat("x", 10))+"--b"); err != nil {
		t.Errorf("text after the end: %v", err)
	}
	if _, err := worst(t, labelled+deep(20)); !errors.Is(err, message.ErrSyntax) {
		t.Errorf("too deep to look, and labelled: %v", err)
	}
}

// outer is a message without a label, with messages in it.
func outer(messages ...string) string {
	s := "From: a@b\r\nContent-Type: multipart/mixed; boundary=b" + "\r\n\r\n"
	if len(messages) > 0 && strings.Contains(messages[0], "boundary=b\r\n") {
		s = strings.Replace(s, "boundary=b\r\n", "boundary=bb\r\n", 1)
		return s + "--bb\r\nContent-Type: message/rfc822\r\n\r\n" + messages[0] + "\r\n--bb--\r\n"
	}
	for _, m := range messages {
		s += "--b\r\nContent-Type: message/rfc822\r\n\r\n" + m + "\r\n"
	}
	return s + "--b--\r\n"
}

// deep is a message without a label in a message in a message.
func deep(n int) string {
	s := "From: a@b\r\n\r\nx"
	for range n {
		s = "From: a@b\r\nContent-Type: message/rfc822\r\n\r\n" + s
	}
	return s
}

func TestReadIncoming(t *testing.T) {
	d := mailDraft()
	d.Subject, d.Body = "Füel", "Grüße\n"
	in, err := message.ReadIncoming(bytes.NewReader(compose(t, d, seal())))
	if err != nil || in.Subject != "Füel" || in.Text != "Grüße\n" || in.MessageID != "<01JABC@gbr.example>" || in.From[0].Name != "Duty Officer" ||
		len(in.To) != 1 || in.Cc[0].Address != "watch@gbr.example" || in.Date.IsZero() {
		t.Errorf("%+v, %v", in, err)
	}
	in, err = message.ReadIncoming(strings.NewReader("From: a@b.example\r\nSubject: x\u202ey\r\nContent-Type: text/html\r\n\r\n<img src=http://x/>"))
	if err != nil || !in.HTML || in.Text != "" || in.Subject != "xy" {
		t.Errorf("%+v, %v", in, err)
	}
	deep := "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
	for range 30 {
		deep += "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
	}
	if _, err := message.ReadIncoming(strings.NewReader(deep)); err != nil && !errors.Is(err, message.ErrSyntax) {
		t.Error(err)
	}
	if in, err := message.ReadIncoming(strings.NewReader("Subject: long\r\n\r\n" + strings.Repeat("x", message.MaxText+5))); err != nil || !in.Cut || len(in.Text) != message.MaxText {
		t.Errorf("%d, %v", len(in.Text), err)
	}
}

// decoded reads a part in the encoding that it names.
func decoded(encoding string, r io.Reader) io.Reader {
	if encoding == "base64" {
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}
