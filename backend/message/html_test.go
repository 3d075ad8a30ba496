package message_test

import (
	"strings"
	"testing"
)

// TestHTMLHidesNothing: words that only some readers show (they strip the element, have no such thing to play, or are the one program that a
// comment speaks to), and that htmlText promises.
func TestHTMLHidesNothing(t *testing.T) {
	for name, html := range map[string]string{
		"a paragraph in svg":              "<p>Stand by.</p><svg><p>DAWN</p>",
		"what stands for an object":       "<object data=x>DAWN</object>",
		"what stands for a video":         "<video>DAWN</video>",
		"text in svg":                     "<svg><text>DAWN</text></svg>",
		"in math":                         "<math><mtext>DAWN</mtext></math>",
		"an open object":                  "<object data=x><p>DAWN",
		"a canvas":                        "<canvas>DAWN</canvas>",
		"an audio":                        "<audio>DAWN</audio>",
		"a frame":                         "<iframe>DAWN</iframe>",
		"without frames":                  "<noframes><p>DAWN</p></noframes>",
		"a template":                      "<template>DAWN</template>",
		"head never closed":               "<head><p>DAWN</p>",
		"an svg within":                   "<style></style><svg/><p>DAWN</p>",
		"elements that close themselves":  "<svg/><object/>DAWN",
		"a style of svg":                  "<svg><style><p>DAWN</p></style></svg>",
		"a script of svg":                 "<svg><script><p>DAWN</p></script></svg>",
		"a title of svg":                  "<svg><title>DAWN</title></svg>",
		"characters in svg":               "<svg><text><![CDATA[a>b DAWN]]></text></svg>",
		"a style that never ends":         "<style><p>DAWN</p>",
		"a script that closes itself":     "<script/><p>DAWN</p></script>",
		"a style in what has no scripts":  "<noscript><style></noscript><p>DAWN</p>",
		"an open template in a frame":     "<iframe><svg></iframe>DAWN",
		"a comment for one program":       "<!--[if mso]><p>DAWN</p><![endif]-->",
		"what is many frames within":      strings.Repeat("<iframe><noembed><noframes>", 9) + "DAWN",
		"behind a comment for a program":  "<!--[if mso]><style><![endif]--><p>DAWN</p>",
		"behind a title that never began": "</title></style><p>DAWN</p>",
	} {
		t.Run(name, func(t *testing.T) {
			m := readMail(t, "From: a@b.example\nContent-Type: text/html\n\n"+html+"\n")
			if !strings.Contains(m.Text, "DAWN") {
				t.Errorf("%q shown as %q", html, m.Text)
			}
		})
	}
}
