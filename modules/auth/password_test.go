package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestChangePassword(t *testing.T) {
	h := start(t)
	here, elsewhere, bob := enter(t, h, "Ann@b.c"), login(t, h, "ann@b.c"), enter(t, h, "bob@b.c")
	before := stored(t, h, "Ann@b.c")
	got := h.Call(http.MethodPost, "/auth/password", `{"currentPassword":"`+password+`","newPassword":"battery staple"}`, here.bearer()...)
	now := accountOf(t, got, http.StatusOK)
	assert.JSONEq(t, `{"message":"Password changed successfully","user":{"id":"`+here.User.ID+`","email":"Ann@b.c"},"token":"`+now.Token+`"}`, got.Body)

	for _, ended := range [][]string{here.bearer(), here.jar(), elsewhere.bearer(), elsewhere.jar()} {
		refuses(t, h.Call(http.MethodGet, "/auth/me", "", ended...), http.StatusUnauthorized, badToken)
	}
	for _, live := range [][]string{now.bearer(), now.jar(), bob.bearer()} {
		assert.Equal(t, http.StatusOK, h.Call(http.MethodGet, "/auth/me", "", live...).Status)
	}
	refuses(t, h.Call(http.MethodPost, "/auth/login", credentials("ann@b.c", password)), http.StatusUnauthorized, "Invalid email or password")
	accountOf(t, h.Call(http.MethodPost, "/auth/login", credentials("ann@b.c", "battery staple")), http.StatusOK)

	var changed []string
	for _, f := range stored(t, h, "Ann@b.c") {
		if old, _ := doc.Get(before, f.Key); old != f.Value {
			changed = append(changed, f.Key)
		}
	}
	assert.ElementsMatch(t, []string{"password", "updatedAt"}, changed)
}

func TestChangePasswordRefuses(t *testing.T) {
	h := start(t)
	ann := enter(t, h, "a@b.c")
	refusesFields(t, h, "/auth/password", doc.Object{{"currentPassword", "x"}, {"newPassword", "y"}},
		`"error":"Validation error","message":"currentPassword and newPassword are required"`, ann.bearer()...)
	body := func(current, next string) string {
		return string(doc.MarshalJSON(doc.Object{{"currentPassword", current}, {"newPassword", next}}))
	}
	for name, c := range map[string]struct {
		body    string
		headers []string
		status  int
		says    string
	}{
		"wrong":         {body("wrong", "next"), ann.bearer(), 401, `"error":"Unauthorized","message":"The current password is wrong"`},
		"too long":      {body(password, strings.Repeat("x", 73)), ann.bearer(), 400, "Password must be at most 72 bytes"},
		"nobody":        {body(password, "next"), nil, 401, noToken},
		"an old token":  {body(password, "next"), oldToken(t, ann.User.ID), 401, "A login session is required"},
		"another's say": {`{"currentPassword":"` + password + `","newPassword":["x"],"userId":"x"}`, ann.bearer(), 400, "newPassword must be a string"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, h.Call(http.MethodPost, "/auth/password", c.body, c.headers...), c.status, c.says)
		})
	}
	login(t, h, "a@b.c")
	assert.Equal(t, http.StatusOK, h.Call(http.MethodGet, "/auth/me", "", ann.bearer()...).Status, "nothing was done")
	accountOf(t, h.Call(http.MethodPost, "/auth/password", body(password, strings.Repeat("x", 72)), ann.jar()...), http.StatusOK)
}
