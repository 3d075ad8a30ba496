package message_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
)

const twoFiles = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n" +
	"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=one.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJDREVG\r\n" +
	"--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=two.html\r\n\r\n<p>two</p>\r\n--b--\r\n"

// Each file's content is given once, decoded, with its index in Files, however much of it is read.
func TestEachFile(t *testing.T) {
	for name, most := range map[string]int64{"all": 1 << 20, "a part": 2, "nothing": 0} {
		t.Run(name, func(t *testing.T) {
			var got []string
			r := message.Reader{At: time.Now(), EachFile: func(n int, content io.Reader) {
				if n != len(got) {
					t.Errorf("index %d after %d", n, len(got))
				}
				data, err := io.ReadAll(io.LimitReader(content, most))
				if err != nil {
					t.Error(err)
				}
				got = append(got, string(data))
			}}
			m, err := r.Read(strings.NewReader(twoFiles))
			if err != nil || len(m.Files) != 2 || m.Damage != "" {
				t.Fatalf("%+v, %v", m, err)
			}
			for i, want := range []string{"ABCDEF", "<p>two</p>"} {
				if got[i] != want[:min(int64(len(want)), most)] || m.Files[i].Size != int64(len(want)) {
					t.Errorf("%d: %q, size %d", i, got[i], m.Files[i].Size)
				}
			}
		})
	}
}

// A file whose encoding is broken is no whole one: the reader hears of it, and so does Damage.
func TestEachFileDamaged(t *testing.T) {
	var failed error
	r := message.Reader{EachFile: func(n int, content io.Reader) {
		if n == 0 {
			_, failed = io.Copy(&bytes.Buffer{}, content)
		}
	}}
	m, err := r.Read(strings.NewReader(strings.Replace(twoFiles, "QUJDREVG", "QUJ%%%%%", 1)))
	if err != nil || failed == nil || m.Damage == "" {
		t.Errorf("%v, %v, damage %q", err, failed, m.Damage)
	}
}

// What a browser would fetch from elsewhere is counted, what people follow or what the message holds itself is not.
func TestRemote(t *testing.T) {
	for name, test := range map[string]struct {
		html string
		want int
	}{
		"picture":               {`<img src="https://x.example/a.png">`, 1},
		"without a scheme":      {`<img src=//x.example/a.png>`, 1},
		"background":            {`<table background='http://x.example/a.png'><tr><td>`, 1},
		"style sheet":           {`<link rel=stylesheet href="https://x.example/a.css">`, 1},
		"in a style":            {`<p style="background:url( 'https://x.example/a.png')">`, 1},
		"in a style sheet":      {`<style>@import "https://x.example/a.css"; p {background: URL(http://x.example/b)}</style>`, 2},
		"frame, in capitals":    {`<IFRAME SRC="HTTPS://x.example/">`, 1},
		"link to follow":        {`<a href="https://x.example/">there</a>`, 0},
		"in the message itself": {`<img src="cid:part1"><img src="data:image/png;base64,AA==">`, 0},
		"text about one":        {`<p>url(https://x.example)</p>`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := message.Reader{}.Read(strings.NewReader("From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + test.html + "\r\n"))
			if err != nil || m.Remote != test.want {
				t.Errorf("%d, %v, want %d", m.Remote, err, test.want)
			}
		})
	}
}
