package registry

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-playground/validator/v10"

	"github.com/orchestrix/orchestrix/platform/apierr"
)

// rules is the shared validator: it caches each request type, and it is safe
// for use by many goroutines.
var rules = newRules()

func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(sf reflect.StructField) string {
		for _, tag := range sourceTags {
			if name := sf.Tag.Get(tag); name != "" {
				return name
			}
		}
		return sf.Name
	})
	return v
}

// checkRules finds mistakes in validate tags, which the validator reports by
// panicking when it first sees the type.
func checkRules(t reflect.Type) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("request type %s: %v", t, r)
		}
	}()
	var failed validator.ValidationErrors
	if e := rules.Struct(reflect.New(t).Interface()); e != nil && !errors.As(e, &failed) {
		return e
	}
	return nil
}

// checkFields applies the validate tags. A field that holds the wrong type is
// not missing, and is reported as such.
func checkFields(req reflect.Value, required string, wrong *mismatch) error {
	var failed validator.ValidationErrors
	if err := rules.Struct(req.Addr().Interface()); err == nil {
		return nil
	} else if !errors.As(err, &failed) {
		return apierr.Internal(err)
	}
	for _, f := range failed {
		if f.Tag() != "required" || wrong.has(f.Field()) {
			continue
		}
		if required != "" {
			return apierr.BadRequest("%s", required)
		}
		return apierr.BadRequest("%s is required", f.Field())
	}
	if wrong != nil {
		return wrong.err()
	}
	return apierr.BadRequest("%s", ruleText(failed[0]))
}

func ruleText(f validator.FieldError) string {
	unit := ""
	switch f.Kind() {
	case reflect.String:
		unit = " characters"
	case reflect.Slice:
		unit = " items"
	}
	switch f.Tag() {
	case "min", "gte":
		return fmt.Sprintf("%s must be at least %s%s", f.Field(), f.Param(), unit)
	case "max", "lte":
		return fmt.Sprintf("%s must be at most %s%s", f.Field(), f.Param(), unit)
	case "oneof":
		return fmt.Sprintf("%s must be one of: %s", f.Field(), f.Param())
	case "email":
		return f.Field() + " must be an e-mail address"
	}
	return fmt.Sprintf("%s is not valid (%s)", f.Field(), f.Tag())
}

// validateSelf calls the request's own rules, if it has any. What they return
// is the client's fault unless it says otherwise.
func validateSelf(req any) error {
	v, ok := req.(interface{ Validate() error })
	if !ok {
		return nil
	}
	err := v.Validate()
	if err == nil || errors.As(err, new(*apierr.Error)) {
		return err
	}
	return apierr.BadRequest("%s", err.Error()).Because(err)
}
