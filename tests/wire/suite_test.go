package wire

import (
	"testing"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/mongotest"
)

func TestSuite(t *testing.T) {
	mongotest.Run(t, func(t *testing.T) mongo.Store { return connect(t, Start(t)) })
}
