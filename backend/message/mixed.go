package message

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"

	"github.com/emersion/go-message"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/siolabel"
)

// mixed is a message with attachments.
type mixed struct {
	draft    draft.Draft
	seal     Seal
	boundary string
	body     []byte
	encoding string
	open     Open
}

// boundaryOf makes the line between the parts out of the whole draft, so that the same bytes come of the same input and nobody
// can choose a text that holds it. What is in base64 or quoted-printable cannot hold "=_" followed by these letters.
//
// std: RFC2046 §5.1.1
func boundaryOf(d draft.Draft, s Seal, body []byte) string {
	for salt := 0; ; salt++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", salt, s.ID, d.Digest()))
		if b := "=_" + hex.EncodeToString(sum[:16]); !strings.Contains(string(body), b) {
			return b
		}
	}
}

// writeMixed writes the text and, after it, the attachments.
//
// std: RFC2046 §5.1.3
func writeMixed(w io.Writer, h *header, m mixed) error {
	for _, a := range m.draft.Attachments {
		if err := checkFile(a); err != nil {
			return inField("attachments", err)
		}
	}
	to, err := message.CreateWriter(w, message.Header{Header: h.fields()})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	text := &header{}
	text.add("Content-Type", "text/plain;", "charset=utf-8")
	text.add("Content-Transfer-Encoding", m.encoding)
	err = writePart(to, text, func(to io.Writer) error { _, err := to.Write(m.body); return err })
	for i, a := range m.draft.Attachments {
		if err != nil {
			return err
		}
		err = m.attachment(to, i, a)
	}
	if err != nil {
		return err
	}
	return to.Close()
}

func writePart(to *message.Writer, h *header, content func(io.Writer) error) error {
	if h.err != nil {
		return h.err
	}
	part, err := to.CreatePart(message.Header{Header: h.fields()})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := content(part); err != nil {
		return err
	}
	return part.Close()
}

// attachment writes one attachment and, where the message binds a label to it, its sidecar.
func (m mixed) attachment(to *message.Writer, i int, a draft.Attachment) error {
	if m.open == nil {
		return fmt.Errorf("%w: attachments: nobody gives their content", ErrUnsupported)
	}
	if err := writePart(to, fileHeader(a.File, TypeOf(a)), func(to io.Writer) error { return m.content(to, a) }); err != nil {
		return err
	}
	l, ok := m.seal.Sidecars[i]
	if !ok {
		return nil
	}
	if err := checkLabel(l); err != nil {
		return fmt.Errorf("the label of the attachment %q: %w", a.File, err)
	}
	return writePart(to, fileHeader(a.File+draft.SidecarSuffix, "application/xml"), func(to io.Writer) error {
		_, err := to.Write(sidecar(a, l))
		return err
	})
}

// content copies an attachment and holds it to its hash and size.
func (m mixed) content(to io.Writer, a draft.Attachment) error {
	f, err := m.open(a)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, h), f)
	if err != nil {
		return fmt.Errorf("the attachment %q: %w", a.File, err)
	}
	if n != a.Size || hex.EncodeToString(h.Sum(nil)) != a.SHA256 {
		return fmt.Errorf("%w: %q", ErrContent, a.File)
	}
	return nil
}

// fileHeader is the header of a part that holds a file.
//
// std: RFC2183 §2, RFC2231 §3, §4
func fileHeader(name, mediaType string) *header {
	h := &header{}
	h.add("Content-Type", mediaType)
	h.add("Content-Transfer-Encoding", "base64")
	words := siolabel.TextParameter("filename", name)
	for i := range words[:len(words)-1] {
		words[i] += ";"
	}
	h.add("Content-Disposition", append([]string{"attachment;"}, words...)...)
	return h
}

// sidecar is a detached binding data object for a file of that name.
//
// std: STANAG 4778 binding data objects
func sidecar(a draft.Attachment, l label.Label) []byte {
	o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}},
		Data:     []binding.Data{{Reference: &binding.Reference{URI: SidecarReference(a.File), Content: binding.Content{ContentType: TypeOf(a)}}}},
	}}}}}
	return append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`+"\n"), o.Marshal()...)
}

// SidecarReference is how a sidecar refers to the file of a name that lies beside it.
func SidecarReference(name string) string { return "./" + url.PathEscape(name) }

// mediaTypes says what files are by the ending of their name. The system's own table is not asked: it differs from machine to
// machine, and the same draft must make the same message.
var mediaTypes = map[string]string{
	".bdo": "application/xml", ".csv": "text/csv", ".doc": "application/msword", ".eml": "message/rfc822", ".gif": "image/gif",
	".gpx": "application/gpx+xml", ".htm": "text/html", ".html": "text/html", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".json": "application/json",
	".kml": "application/vnd.google-earth.kml+xml", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".odp": "application/vnd.oasis.opendocument.presentation",
	".ods": "application/vnd.oasis.opendocument.spreadsheet", ".odt": "application/vnd.oasis.opendocument.text", ".pdf": "application/pdf",
	".png": "image/png", ".ppt": "application/vnd.ms-powerpoint", ".rtf": "application/rtf", ".svg": "image/svg+xml", ".tif": "image/tiff",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".txt": "text/plain", ".wav": "audio/wav",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".xls": "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xml": "application/xml", ".zip": "application/zip",
}

// MediaType is what a file is by the ending of its name; "application/octet-stream" where that is not known.
func MediaType(name string) string {
	if t, ok := mediaTypes[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

// TypeOf is the media type of a part that holds an attachment. A message in base64 must not be called message/rfc822 (RFC 2046
// section 5.2.1 allows no encoding there), and what is called multipart would be taken apart.
//
// std: RFC2046 §5.2.1
func TypeOf(a draft.Attachment) string {
	t := a.Type
	if t == "" {
		t = MediaType(a.File)
	}
	if kind, _, _ := strings.Cut(t, "/"); kind == "message" || kind == "multipart" {
		return "application/octet-stream"
	}
	return t
}

// checkFile makes sure that a file can stand in a message: its name is safe, its content named, its type one.
func checkFile(a draft.Attachment) error {
	switch {
	case a.File == "" || draft.FileName(a.File) != a.File:
		return fmt.Errorf("%w: attachments: %q is no name of a file that can be sent: %q would be", ErrInvalid, a.File, draft.FileName(a.File))
	case a.Size < 0:
		return fmt.Errorf("%w: attachments: %q has %d bytes", ErrInvalid, a.File, a.Size)
	}
	if a.Type != "" {
		t, params, err := mime.ParseMediaType(a.Type)
		if err != nil || len(params) > 0 || t != a.Type {
			return fmt.Errorf("%w: attachments: %q: %q is no media type: type/subtype, in small letters", ErrInvalid, a.File, a.Type)
		}
	}
	return nil
}

// Lengths for the estimate of SizeOf, in bytes: what header and frame of a message take besides its addresses, and of a part.
const (
	frame     = 8 << 10
	partFrame = 1 << 10
)

// SizeOf estimates how long the message of a draft will be, in bytes; rather too much than too little.
func SizeOf(d draft.Draft) int64 {
	size := int64(frame)
	for _, list := range [][]string{d.Action, d.Info, d.Exempted} {
		for _, a := range list {
			size += int64(len(a)) + 80 // with a name
		}
	}
	size += encodedText(d.Body)
	for _, p := range d.Parts {
		size += encodedText(p.Text) + 80
	}
	for _, r := range d.Relabelled {
		size += 2*frame + int64(len(r.Reason))*3 // a SIO-Label-History holds two labels
	}
	for _, a := range d.Attachments {
		size += (a.Size+56)/57*78 + partFrame // 57 bytes make a line of base64
		if a.Label != nil {
			size += 2 * partFrame // its sidecar
		}
	}
	return size
}

// encodedText: in quoted-printable every octet that is not ASCII takes three.
func encodedText(s string) int64 {
	n := int64(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] == '=' {
			n += 2
		} else if s[i] == '\n' {
			n++
		}
	}
	return n + n/70*3
}
