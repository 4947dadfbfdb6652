// Package ship_test checks what Docker would be given, without Docker: with
// BuildKit's own linter, and the parser of Docker Compose.
package ship_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return text
}

// plain stands for the registry: every image is an empty one for this machine.
type plain struct{}

func (plain) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers"},"config":{}}`)
	return ref, digest.FromBytes(config), config, nil
}

func options(t *testing.T) ([]byte, dockerfile2llb.ConvertOpt) {
	t.Helper()
	text := read(t, "Dockerfile")
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text)
	source.Definition = &llb.Definition{}
	machine := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	return text, dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildPlatforms: []ocispecs.Platform{machine}, TargetPlatforms: []ocispecs.Platform{machine}},
		MetaResolver:   plain{},
		SourceMap:      source,
		TargetPlatform: &machine,
	}
}

// TestDockerfileLint is what docker build --check runs.
func TestDockerfileLint(t *testing.T) {
	text, opts := options(t)
	found, err := dockerfile2llb.DockerfileLint(t.Context(), text, opts)
	require.NoError(t, err)
	assert.Nil(t, found.Error, "%v", found.Error)
	for _, w := range found.Warnings {
		t.Errorf("%s: %s %s", w.RuleName, w.Detail, w.URL)
	}
}

func TestImage(t *testing.T) {
	text, opts := options(t)
	_, image, _, _, err := dockerfile2llb.Dockerfile2LLB(t.Context(), text, opts)
	require.NoError(t, err)
	assert.Regexp(t, `^[1-9]\d*:[1-9]\d*$`, image.Config.User, "not root, and by number")
	assert.Equal(t, []string{"/orchestrix"}, image.Config.Entrypoint)
	assert.Contains(t, image.Config.ExposedPorts, "4000/tcp")
	assert.Contains(t, image.Config.Volumes, "/data")
	assert.Contains(t, image.Config.Env, "NODE_ENV=production")
	assert.Contains(t, image.Config.Env, "DATA_DIR=/data")
	require.NotNil(t, image.Config.Healthcheck)
	assert.Equal(t, []string{"CMD", "/orchestrix", "healthcheck"}, image.Config.Healthcheck.Test)
}
