package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/config"
)

// healthTimeout bounds the whole check.
const healthTimeout = 3 * time.Second

func healthcheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the server that runs with these settings whether it is well",
		Long: "Ask the server that runs with these settings whether it is up, and with --ready whether it can do its\n" +
			"work now. The exit status is 1 when it is not, or does not answer in 3 seconds.",
		Args: noArguments,
	}
	flags := settingsFlags(cmd, "config", "host", "port")
	ready := cmd.Flags().Bool("ready", false, "also ask for its store and whatever else it needs")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := config.Load(flags)
		if err != nil {
			return err
		}
		if settings.Port == 0 {
			return errors.New("PORT is 0, so that nobody knows where the server listens; set it")
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), healthTimeout)
		defer cancel()
		path := "/livez"
		if *ready {
			path = "/readyz"
		}
		return checkHealth(ctx, serverURL(settings), path)
	}
	return cmd
}

// serverURL is where a server on this machine is reached.
func serverURL(s *config.Settings) string {
	host := s.Host
	switch address := net.ParseIP(host); {
	case host == "", address.Equal(net.IPv4zero):
		host = "127.0.0.1"
	case address.IsUnspecified():
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(s.Port))
}

// checkHealth asks at a path; a server of an earlier version knows only /health.
func checkHealth(ctx context.Context, url, path string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // without a proxy
	for _, path := range []string{path, "/health"} {
		status, err := get(ctx, client, url+path)
		switch {
		case err != nil:
			return fmt.Errorf("the server does not answer: %w", err)
		case status == http.StatusOK:
			return nil
		case status != http.StatusNotFound:
			return fmt.Errorf("the server is not well: %s answers %d", path, status)
		}
	}
	return errors.New("what answers there is another server")
}

func get(ctx context.Context, client *http.Client, url string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}
