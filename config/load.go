package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// ErrHelp is what Load returns for --help, after printing the flags.
var ErrHelp = pflag.ErrHelp

// Load reads the settings: flags in args beat the environment, that beats a
// .env file in the working directory, that the file named by --config, and that
// the defaults. An empty value counts as none. The error lists every problem,
// by the variable's name and without its value.
func Load(args []string) (*Settings, error) {
	flags, err := parseFlags(args)
	if err != nil {
		return nil, err
	}
	v := viper.New()
	var problems []string
	if name := flags.Lookup("config").Value.String(); name != "" {
		kind := ""
		if ext := filepath.Ext(name); ext == "" || ext == ".env" {
			kind = "env" // NAME=value lines
		}
		problems = append(problems, readFile(v, source{name: name, kind: kind})...)
	}
	problems = append(problems, readFile(v, source{name: ".env", kind: "env", shared: true})...)
	for _, d := range variables {
		v.SetDefault(d.name, d.standard)
		if err := v.BindEnv(append([]string{d.name, d.name}, d.older...)...); err != nil {
			return nil, fmt.Errorf("settings: %w", err)
		}
		if d.flag != "" {
			if err := v.BindPFlag(d.name, flags.Lookup(d.flag)); err != nil {
				return nil, fmt.Errorf("settings: %w", err)
			}
		}
	}
	s := &Settings{values: make(map[string]string, len(variables))}
	problems = append(problems, s.fill(v)...)
	if len(problems) > 0 {
		return nil, errors.New("settings:\n  " + strings.Join(problems, "\n  "))
	}
	return s, nil
}

// fill checks and stores every value and returns what is wrong with them.
func (s *Settings) fill(v *viper.Viper) (problems []string) {
	for _, d := range variables {
		value := v.GetString(d.name)
		if !d.secret { // a secret may begin or end with a space
			value = strings.TrimSpace(value)
		}
		if value == "" {
			value = d.standard
		}
		if value == "" {
			continue
		}
		s.values[d.name] = value
		if err := d.set(s, value); err != nil {
			problems = append(problems, d.name+" must be "+err.Error())
		}
	}
	if s.Production() && s.JWTSecret == "" {
		problems = append(problems, "JWT_SECRET must be set when NODE_ENV is production")
	}
	return problems
}

func parseFlags(args []string) (*pflag.FlagSet, error) {
	flags := pflag.NewFlagSet("orchestrix", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.String("config", "", "file with settings (NAME=value lines, or YAML, TOML, JSON by its ending), its keys as in .env.example")
	for _, d := range variables {
		if d.flag != "" {
			flags.String(d.flag, d.standard, d.about)
		}
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		return nil, ErrHelp
	case err != nil:
		return nil, fmt.Errorf("flags: %w", err)
	case flags.NArg() > 0:
		return nil, errors.New("flags: no arguments are taken besides flags; see --help")
	}
	return flags, nil
}

// source is a file with settings.
type source struct {
	name, kind string // kind is a viper type; "" goes by the name's ending
	shared     bool   // may be missing, and may hold variables of other programs
}

// readFile merges a file into v. The parsers' errors quote the file, which may
// hold secrets, so they are not passed on.
func readFile(v *viper.Viper, from source) []string {
	file := viper.NewWithOptions(viper.KeyDelimiter("\x00")) // no key is a path
	file.SetConfigFile(from.name)
	if from.kind != "" {
		file.SetConfigType(from.kind)
	}
	err := file.ReadInConfig()
	var path *fs.PathError
	var unsupported viper.UnsupportedConfigError
	switch {
	case err == nil:
	case from.shared && errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.As(err, &path):
		return []string{fmt.Sprintf("%s: %v", from.name, path.Err)}
	case errors.As(err, &unsupported):
		return []string{from.name + ": must be a .yaml, .toml, .json or .env file"}
	default:
		return []string{from.name + ": cannot be parsed"}
	}
	values, problems := known(file.AllSettings(), from)
	if err := v.MergeConfigMap(values); err != nil {
		problems = append(problems, from.name+": cannot be merged")
	}
	return problems
}
