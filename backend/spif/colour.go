package spif

import (
	"math"
	"strconv"
	"strings"
)

// The colour names of the SPIF schema with their sRGB values; "fuschia" is the schema's own spelling.
var colourNames = map[string]uint32{
	"aqua": 0x00ffff, "black": 0x000000, "blue": 0x0000ff, "fuschia": 0xff00ff, "gray": 0x808080, "green": 0x008000,
	"lime": 0x00ff00, "maroon": 0x800000, "navy": 0x000080, "olive": 0x808000, "purple": 0x800080, "red": 0xff0000,
	"silver": 0xc0c0c0, "teal": 0x008080, "white": 0xffffff, "yellow": 0xffff00,
}

// Colours gives the background of the label's marking, a name of the SPIF schema or "#RRGGBB", and black or white for
// its text, whichever contrasts more (WCAG 2.1). Both are empty when the classification has no colour.
func (p *Policy) Colours(l Label) (foreground, background string) {
	if l.Class() == nil || l.class.color == "" {
		return "", ""
	}
	rgb, _ := parseColour(l.class.color)
	lum := luminance(rgb)
	if (lum+0.05)/0.05 >= 1.05/(lum+0.05) {
		return "black", l.class.color
	}
	return "white", l.class.color
}

func parseColour(s string) (uint32, bool) {
	if rgb, ok := colourNames[s]; ok {
		return rgb, true
	}
	hex, ok := strings.CutPrefix(s, "#")
	if !ok || len(hex) != 6 {
		return 0, false
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	return uint32(v), err == nil
}

// luminance is the relative luminance of WCAG 2.1, from 0 (black) to 1 (white).
func luminance(rgb uint32) float64 {
	linear := func(v uint32) float64 {
		f := float64(v&0xff) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
