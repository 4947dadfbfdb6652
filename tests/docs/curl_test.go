package docs_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/shlex"
	"github.com/spf13/pflag"
)

// host is how the pages call the program.
const host = "localhost:4000"

// parseCurl reads a curl command as the pages write them: a machine that runs
// the tests need not have curl. Options that no page needs yet are an error.
func parseCurl(command, server string) (*http.Request, error) {
	words, err := shlex.Split(command)
	if err != nil {
		return nil, err
	}
	options := pflag.NewFlagSet("curl", pflag.ContinueOnError)
	for name, letter := range map[string]string{"silent": "s", "show-error": "S", "fail": "f", "include": "i", "globoff": "g"} {
		options.BoolP(name, letter, false, "")
	}
	method := options.StringP("request", "X", "", "")
	data := options.StringP("data", "d", "", "")
	headers := options.StringArrayP("header", "H", nil, "")
	if err := options.Parse(words[1:]); err != nil {
		return nil, err
	}
	if options.NArg() != 1 {
		return nil, fmt.Errorf("one URL is called at a time, not %q", options.Args())
	}
	body, err := content(*data)
	if err != nil {
		return nil, err
	}
	if *method == "" {
		*method = http.MethodGet
		if options.Changed("data") {
			*method = http.MethodPost
		}
	}
	url := "http://" + strings.TrimPrefix(options.Arg(0), "http://")
	req, err := http.NewRequest(*method, strings.Replace(url, "http://"+host, server, 1), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for _, header := range *headers {
		name, value, _ := strings.Cut(header, ":")
		req.Header.Set(name, strings.TrimSpace(value))
	}
	return req, nil
}

// content is what -d sends: a text, or a file of the repository.
func content(data string) (string, error) {
	path, isFile := strings.CutPrefix(data, "@")
	if !isFile {
		return data, nil
	}
	text, err := os.ReadFile(filepath.Join(root, path))
	return string(text), err
}
