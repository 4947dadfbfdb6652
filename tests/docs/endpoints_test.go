package docs_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// auths explains registry.Auth in words for readers of the page.
var auths = map[registry.Auth]meaning{
	registry.Public:    {"anyone", "nobody is asked who they are"},
	registry.Caller:    {"token", "any valid token in `Authorization: Bearer`, also one that a workflow issued"},
	registry.Session:   {"login", "a login session, by its token or cookie"},
	registry.Owned:     {"owner", "about one's own things: with `AUTH_MODE=required` a login session, and `ownerId` is who is logged in, whatever is sent; else anyone"},
	registry.Handshake: {"owner, or nobody yet", "the same, but who has shown no login yet passes, too: what comes later asks for it"},
}

type endpointsContent struct {
	Auths  []meaning
	Groups []*group
}

// group is the routes of one tag.
type group struct {
	Tag    string
	Routes []endpoint
}

type endpoint struct {
	Method, Summary, Takes, Who, Errors string
	Paths                               []string
}

func endpointsPage(routes []app.Route) *endpointsContent {
	content := &endpointsContent{}
	for auth := registry.Public; auth <= registry.Handshake; auth++ {
		content.Auths = append(content.Auths, auths[auth])
	}
	groups := map[string]*group{}
	for i := range routes {
		r := &routes[i]
		tag := cmp.Or(r.Tag, "Other")
		if groups[tag] == nil {
			groups[tag] = &group{Tag: tag}
			content.Groups = append(content.Groups, groups[tag])
		}
		groups[tag].Routes = append(groups[tag].Routes, endpoint{
			Method: r.Method, Paths: r.Paths(), Summary: cell(r.Summary),
			Takes: takes(r), Who: cmp.Or(auths[r.Auth].Name, r.Auth.String()), Errors: statuses(r.Errors),
		})
	}
	slices.SortFunc(content.Groups, func(a, b *group) int { return cmp.Compare(a.Tag, b.Tag) })
	return content
}

func statuses(codes []int) string {
	codes = slices.Sorted(slices.Values(codes))
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(slices.Compact(codes)), " ", ", "), "[]")
}

// takes lists what a typed handler reads beside the path.
func takes(r *app.Route) string {
	request, _ := r.Handler.Types()
	if request == nil {
		return ""
	}
	var list []string
	for _, f := range reflect.VisibleFields(request) {
		if name, ok := f.Tag.Lookup("json"); ok {
			list = append(list, "`"+name+"`")
		} else if name, ok := f.Tag.Lookup("query"); ok {
			list = append(list, "`?"+name+"`")
		} else if _, ok := f.Tag.Lookup("body"); ok {
			list = append(list, "any object")
		}
	}
	return strings.Join(list, " ")
}
