package wire

import (
	"testing"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/session/sessiontest"
)

func TestSessions(t *testing.T) {
	sessiontest.Run(t, func(t *testing.T) mongo.Store { return connect(t, Start(t)) })
}
