package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Flags are the command-line flags for settings, with that which names a file of
// them: all, or those of these names.
func Flags(names ...string) *pflag.FlagSet {
	flags := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	flags.SortFlags = false
	add := func(name, standard, about string) {
		if name != "" && (len(names) == 0 || slices.Contains(names, name)) {
			flags.String(name, standard, about)
		}
	}
	add("config", "", "file with settings (NAME=value lines, or YAML, TOML, JSON by its ending), its keys as in .env.example")
	for _, d := range variables {
		add(d.flag, d.standard, d.about)
	}
	return flags
}

// Load reads the settings: flags, which may be nil, beat the environment, that
// beats a .env file in the working directory, that the file named by --config, and
// that the defaults. An empty value counts as none. The error lists every problem,
// by the variable's name and without its value.
func Load(flags *pflag.FlagSet) (*Settings, error) {
	if flags == nil {
		flags = Flags()
	}
	v := viper.New()
	s := &Settings{values: make(map[string]string, len(variables)), origins: make(map[string]string, len(variables))}
	var problems []string
	if flag := flags.Lookup("config"); flag != nil && flag.Value.String() != "" {
		name, kind := flag.Value.String(), ""
		if ext := filepath.Ext(name); ext == "" || ext == ".env" {
			kind = "env" // NAME=value lines
		}
		problems = append(problems, s.readFile(v, source{name: name, kind: kind})...)
	}
	problems = append(problems, s.readFile(v, source{name: ".env", kind: "env", shared: true})...)
	for _, d := range variables {
		v.SetDefault(d.name, d.standard)
		if err := v.BindEnv(append([]string{d.name}, d.names()...)...); err != nil {
			return nil, fmt.Errorf("settings: %w", err)
		}
		s.origin(d, flags.Lookup(d.flag))
		if flag := flags.Lookup(d.flag); flag != nil {
			if err := v.BindPFlag(d.name, flag); err != nil {
				return nil, fmt.Errorf("settings: %w", err)
			}
		}
	}
	problems = append(problems, s.fill(v)...)
	if len(problems) > 0 {
		return nil, errors.New("settings:\n  " + strings.Join(problems, "\n  "))
	}
	return s, nil
}

// origin notes that a value comes from what beats a file.
func (s *Settings) origin(d variable, flag *pflag.Flag) {
	for _, name := range slices.Backward(d.names()) {
		if os.Getenv(name) != "" {
			s.origins[d.name] = "environment " + name
		}
	}
	if flag != nil && flag.Changed {
		s.origins[d.name] = "flag --" + flag.Name
	}
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
			delete(s.origins, d.name)
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

// source is a file with settings.
type source struct {
	name, kind string // kind is a viper type; "" goes by the name's ending
	shared     bool   // may be missing, and may hold variables of other programs
}

// readFile merges a file into v. The parsers' errors quote the file, which may
// hold secrets, so they are not passed on.
func (s *Settings) readFile(v *viper.Viper, from source) []string {
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
	for name := range values {
		s.origins[name] = "file " + from.name
	}
	if err := v.MergeConfigMap(values); err != nil {
		problems = append(problems, from.name+": cannot be merged")
	}
	return problems
}
