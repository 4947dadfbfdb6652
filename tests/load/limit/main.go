// Command limit is what the program is held against: a bare Fiber handler, with
// the host's own settings, that decodes a request, validates it and answers with
// the same JSON as a row of the benchmark, and does nothing else.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"reflect"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/logging"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "limit:", err)
		os.Exit(1)
	}
}

// input is what published calls are sent.
type input struct {
	Email string `json:"email" validate:"required,email"`
	Name  string `json:"name"`
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("wants a kind of answer and a file, got %q", args)
	}
	answer, err := read(args[0], args[1])
	if err != nil {
		return err
	}
	app := host()
	app.Get("/*", func(c *fiber.Ctx) error { return c.JSON(answer) })
	rules := validator.New()
	app.Post("/*", func(c *fiber.Ctx) error {
		var in input
		if err := c.BodyParser(&in); err != nil {
			return fiber.NewError(http.StatusBadRequest, err.Error())
		}
		if err := rules.Struct(&in); err != nil {
			return fiber.NewError(http.StatusUnprocessableEntity, err.Error())
		}
		return c.JSON(answer)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	log, err := logging.New(logging.Options{Production: true})
	if err != nil {
		return err
	}
	log.Info("listening", zap.Stringer("address", listener.Addr())) // as the program does
	return app.Listener(listener)
}

// host has the settings of platform/server.
func host() *fiber.App {
	return fiber.New(fiber.Config{
		BodyLimit: 10_485_760, Concurrency: 32_768, ReduceMemoryUsage: true, ReadBufferSize: 16 << 10,
		ReadTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second,
		DisablePreParseMultipartForm: true, DisableStartupMessage: true,
	})
}

// read makes a typed answer of the JSON in a file, and makes sure that it is
// encoded as the same JSON again.
func read(kind, file string) (any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	answer, known := answers[kind]
	if !known {
		return nil, fmt.Errorf("no such answer: %q", kind)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return nil, err
	}
	again, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	var want, got any
	if err := json.Unmarshal(text, &want); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(again, &got); err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(want, got) {
		return nil, fmt.Errorf("not the same JSON: %s instead of %s", again, text)
	}
	return answer, nil
}
