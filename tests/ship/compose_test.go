package ship_test

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func load(t *testing.T, environment ...string) (*types.Project, error) {
	t.Helper()
	opts, err := cli.NewProjectOptions([]string{root + "/compose.yaml"}, cli.WithEnv(environment), cli.WithResolvedPaths(true))
	require.NoError(t, err)
	return opts.LoadProject(t.Context())
}

func TestCompose(t *testing.T) {
	for _, environment := range [][]string{nil, {"JWT_SECRET="}} {
		_, err := load(t, environment...)
		assert.ErrorContains(t, err, "JWT_SECRET", "it is demanded")
	}
	project, err := load(t, "JWT_SECRET=secret", "VERSION=1.2.3")
	require.NoError(t, err)

	program, err := project.GetService("orchestrix")
	require.NoError(t, err)
	assert.Equal(t, "orchestrix:1.2.3", program.Image)
	assert.Equal(t, "1.2.3", *program.Build.Args["VERSION"])
	for name, want := range map[string]string{"NODE_ENV": "production", "JWT_SECRET": "secret", "AUTH_MODE": "required", "PORT": "4000"} {
		require.NotNil(t, program.Environment[name], name)
		assert.Equal(t, want, *program.Environment[name], name)
	}
	require.Len(t, program.Ports, 1)
	assert.Equal(t, "127.0.0.1", program.Ports[0].HostIP)
	assert.Equal(t, types.ServiceConditionHealthy, program.DependsOn["mongo"].Condition)

	store, err := project.GetService("mongo")
	require.NoError(t, err)
	assert.NotNil(t, store.HealthCheck)
	for _, service := range project.Services {
		assert.Equal(t, types.RestartPolicyUnlessStopped, service.Restart, service.Name)
		assert.Equal(t, "local", service.Logging.Driver, "%s: its log does not fill the disk", service.Name)
	}
	assert.Empty(t, store.Ports, "nobody else reaches the store")
	for network := range store.Networks {
		assert.True(t, project.Networks[network].Internal, network)
	}
	for _, volume := range store.Volumes {
		assert.Contains(t, project.Volumes, volume.Source, "what is in %s is kept", volume.Target)
	}
}
