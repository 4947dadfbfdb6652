package config

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/viper"
)

// Load reads the settings for the given command line. The error lists every
// problem at once and never shows a value that is secret.
func Load(args []string) (*Settings, error) {
	v := viper.New()
	for _, d := range variables {
		v.SetDefault(d.name, d.fallback)
		if err := v.BindEnv(append([]string{d.name, d.name}, d.older...)...); err != nil {
			return nil, err
		}
	}
	given, err := parseFlags(args)
	if err != nil {
		return nil, err
	}
	if err := readFiles(v, given["config"]); err != nil {
		return nil, err
	}
	for name, variable := range flags {
		if value, ok := given[name]; ok {
			v.Set(variable, value)
		}
	}
	values := map[string]string{}
	var problems []error
	for _, d := range variables {
		value := read(v, d)
		values[d.name] = value
		if d.check != nil {
			if err := d.check(value); err != nil {
				problems = append(problems, fmt.Errorf("%s %w", d.name, err))
			}
		}
	}
	if values["NODE_ENV"] == "production" && values["JWT_SECRET"] == "" {
		problems = append(problems, errors.New("JWT_SECRET must be set in production"))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("settings:\n%w", errors.Join(problems...))
	}
	return settings(values), nil
}

// read finds a value under its name or an older one, which files may use too.
func read(v *viper.Viper, d variable) string {
	value := strings.TrimSpace(v.GetString(d.name))
	for _, older := range d.older {
		if value == "" {
			value = strings.TrimSpace(v.GetString(older))
		}
	}
	if value == "" {
		value = d.fallback
	}
	return value
}

// flags names the variables that have a flag.
var flags = map[string]string{"port": "PORT", "host": "HOST", "data-dir": "DATA_DIR", "log-level": "LOG_LEVEL"}

func parseFlags(args []string) (map[string]string, error) {
	set := flag.NewFlagSet("orchestrix", flag.ContinueOnError)
	set.String("config", "", "file of settings (NAME=value lines, or YAML, TOML, JSON by its ending)")
	for name, variable := range flags {
		set.String(name, "", "overrides "+variable)
	}
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unknown argument %q", set.Arg(0))
	}
	given := map[string]string{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	return given, nil
}

// readFiles reads --config and .env; the second, being local, beats the first.
func readFiles(v *viper.Viper, config string) error {
	if config != "" {
		v.SetConfigFile(config)
		if !strings.Contains(config[strings.LastIndexByte(config, '/')+1:], ".") || strings.HasSuffix(config, ".env") {
			v.SetConfigType("env")
		}
		if err := v.ReadInConfig(); err != nil {
			return fmt.Errorf("reading %s: %w", config, err)
		}
	}
	file, err := os.Open(".env")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	v.SetConfigType("env")
	if err := v.MergeConfig(file); err != nil {
		return errors.New("reading .env: it must hold NAME=value lines") // the parser's text quotes the line
	}
	return nil
}

// settings gives checked values their types.
func settings(values map[string]string) *Settings {
	number := func(name string) int { n, _ := strconv.Atoi(values[name]); return n }
	span := func(name string) time.Duration { d, _ := time.ParseDuration(values[name]); return d }
	return &Settings{
		Host: values["HOST"], Port: number("PORT"), Environment: values["NODE_ENV"], LogLevel: values["LOG_LEVEL"],
		AppName: values["APP_NAME"], DataDir: values["DATA_DIR"], MongoURI: values["MONGODB_URI"], JWTSecret: values["JWT_SECRET"],
		FrontendURLs: split(values["FRONTEND_URL"]), publishedStatus: values["PUBLISHED_STATUS"],
		RunTimeout: span("RUN_TIMEOUT"), StepTimeout: span("STEP_TIMEOUT"), ShutdownTimeout: span("SHUTDOWN_TIMEOUT"),
		AIProvider: values["AI_PROVIDER"], AIModel: values["AI_MODEL"],
		GroqKey: values["GROQ_API_KEY"], OpenAIKey: values["OPENAI_API_KEY"], GeminiKey: values["GEMINI_API_KEY"], HuggingFaceKey: values["HUGGINGFACE_API_KEY"],
		SMTPHost: values["SMTP_HOST"], SMTPPort: number("SMTP_PORT"), SMTPUser: values["SMTP_USER"], SMTPPass: values["SMTP_PASS"],
		FromEmail: values["FROM_EMAIL"],
		values:    values,
	}
}
