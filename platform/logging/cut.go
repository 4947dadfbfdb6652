package logging

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Texts over maxMask are shortened before they are masked, to bound the work;
// the last straddle bytes go too, since a secret might have been cut in two.
const (
	maxMask  = 64 << 10
	straddle = 12 << 10
)

func precut(s string) string {
	if len(s) <= maxMask {
		return s
	}
	return s[:maxMask-straddle+max(0, strings.LastIndexByte(s[maxMask-straddle:maxMask], ' '))]
}

// cut shortens s to the limit; size is the length that the text had at first.
func cut(s string, size, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes)", s[:end], size)
}
