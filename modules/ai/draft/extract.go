package draft

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// maxAnswer bounds what is read of an answer, in bytes: a workflow of a hundred
// steps takes a tenth of it.
const maxAnswer = 1 << 20

// cutKey marks an object that the model did not finish.
const cutKey = "_cut"

var errNoJSON = errors.New("the answer holds no JSON object")

// Extract finds the JSON object in what a model said, however badly it is
// written: with prose, fences and comments around and in it, with the mistakes
// that models make, cut off in the middle. Of several objects the one that looks
// like a workflow or an edit wins, of two such the later one. Its time is linear
// in the text.
func Extract(text string) (doc.Object, error) {
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("the answer is larger than %d KB", maxAnswer>>10)
	}
	text = strings.ToValidUTF8(text, "")
	if end := strings.LastIndex(text, "</think>"); end >= 0 {
		text = text[end:] // what a model thinks aloud holds drafts
	}
	return extract(text, 2)
}

// extract may look into texts that hold JSON themselves, this many levels deep.
func extract(text string, levels int) (doc.Object, error) {
	f := scan(text)
	if f.whole == nil {
		f.retry(text)
	}
	if o := f.assemble(); o != nil {
		return o, nil
	}
	if levels > 0 {
		for _, inner := range f.inner(text) {
			if o, err := extract(inner, levels-1); err == nil && (scan(inner).whole != nil || f.plain == nil) {
				return o, nil
			}
		}
	}
	switch {
	case f.plain != nil:
		return f.plain, nil
	case f.err != nil:
		return nil, f.err
	}
	return nil, errNoJSON
}

// findings are the values found in a text, by what they look like.
type findings struct {
	whole   doc.Object // a workflow or an edit
	isCut   bool       // whole was cut off
	nodes   doc.Array  // a list of nodes without a wrapper
	singles doc.Array  // nodes without a list
	edges   doc.Array
	plain   doc.Object // any other object
	err     error
}

func scan(text string) *findings {
	f := &findings{}
	for at := 0; at < len(text); {
		next := strings.IndexAny(text[at:], "{[")
		if next < 0 {
			break
		}
		at = f.read(text, at+next)
	}
	return f
}

// read takes the value at start and returns where it ends.
func (f *findings) read(text string, start int) int {
	p := &lenient{text: text, at: start}
	if text[start] == '{' && p.isTemplate() {
		return start + 2
	}
	v := p.value(0)
	if p.err != nil {
		f.err = p.err
		return len(text)
	}
	switch v := v.(type) {
	case doc.Object:
		f.object(v, p.cut)
	case doc.Array:
		f.array(v, p.cut)
	}
	return max(p.at, start+1)
}

func (f *findings) object(o doc.Object, isCut bool) {
	if isCut {
		o = append(o, doc.Field{Key: cutKey, Value: true})
	}
	switch {
	case looksWhole(o):
		if f.whole == nil || !isCut || f.isCut {
			f.whole, f.isCut = o, isCut
		}
	case looksLikeNode(o):
		f.singles = append(f.singles, doc.Without(o, cutKey))
	case len(listOf(o, edgeKeys)) > 0:
		f.edges = listOf(o, edgeKeys)
	case len(o) > 0:
		f.plain = o
	}
}

func (f *findings) array(a doc.Array, isCut bool) {
	if len(a) == 0 {
		return
	}
	first, _ := a[0].(doc.Object)
	switch {
	case looksWhole(first):
		f.object(first, isCut)
	case looksLikeNode(first):
		f.nodes = a
	case looksLikeEdge(first):
		f.edges = a
	}
}

// wrapperKey finds where a workflow begins behind a brace that was never closed.
var wrapperKey = regexp.MustCompile(`["']?(?:nodes|steps|addedNodes|newNodes)["']?\s*:\s*[\[{]`)

// retry begins again at the brace before the first keys of a workflow.
func (f *findings) retry(text string) {
	for _, at := range wrapperKey.FindAllStringIndex(text, 3) {
		if start := strings.LastIndexByte(text[:at[0]], '{'); start >= 0 && f.whole == nil {
			f.read(text, start)
		}
	}
}

// assemble makes one object of what was found; nil when none of it is a workflow.
func (f *findings) assemble() doc.Object {
	o := f.whole
	switch {
	case o != nil:
	case f.nodes != nil:
		o = doc.Object{{"nodes", f.nodes}}
	case f.singles != nil:
		o = doc.Object{{"nodes", f.singles}}
	default:
		return nil
	}
	if _, _, hasEdges := lookup(o, edgeKeys); !hasEdges && f.edges != nil {
		if _, _, hasNodes := lookup(o, nodeKeys); hasNodes {
			o = append(o, doc.Field{Key: "edges", Value: f.edges})
		}
	}
	return o
}

// inner lists the texts that may hold the answer as JSON in a JSON text.
func (f *findings) inner(text string) []string {
	var texts []string
	for _, field := range f.plain {
		if s, ok := field.Value.(string); ok && strings.Contains(s, "{") {
			texts = append(texts, s)
		}
	}
	if strings.Contains(text, `\"`) {
		texts = append(texts, strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\t`, "\t").Replace(text))
	}
	return texts
}
