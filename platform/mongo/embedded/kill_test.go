package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	killDirVariable = "EMBEDDED_KILL_DIR"
	killWriters     = 8
)

// moments are when the child is killed: so long after it printed a line that
// starts with after, for the count-th time.
var moments = []struct {
	name, after string
	count       int           // at most, at random
	delay       time.Duration // at most, at random
}{
	{"while the file is made", "starting", 1, 15 * time.Millisecond},
	{"at the first indexes", "opened", 1, 15 * time.Millisecond},
	{"among writes", "inserted", 400, 3 * time.Millisecond},
	{"at indexes with documents", "opened", 1, 40 * time.Millisecond},
	{"while indexes are remade", "indexed", 6, 20 * time.Millisecond},
	{"among updates", "updated", 400, 3 * time.Millisecond},
}

func TestKill(t *testing.T) {
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv("KILL_ROUNDS")); err == nil {
		rounds = n
	}
	kills, acknowledged := 0, 0
	for range rounds {
		dir, known := t.TempDir(), map[string]*fate{}
		for _, m := range moments {
			kill(t, dir, known, m.after, 1+rand.IntN(m.count), rand.N(m.delay))
			verify(t, dir, known, m.name)
			if kills++; t.Failed() {
				return
			}
		}
		acknowledged += len(known)
	}
	t.Logf("%d kills, %d documents with acknowledged writes", kills, acknowledged)
}

// fate is what the child said about one document.
type fate struct {
	n        int // acknowledged; one more may have been made
	deleting bool
	deleted  bool
}

// kill runs a child on dir, ends it, and adds what it acknowledged to known.
func kill(t *testing.T, dir string, known map[string]*fate, after string, count int, delay time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), killDirVariable+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if word == after {
			if count--; count == 0 {
				timer = time.AfterFunc(delay, func() { child.Process.Kill() }) //nolint:errcheck // Wait tells
			}
		}
		learn(t, known, word, strings.Fields(rest))
	}
	require.ErrorContains(t, child.Wait(), "killed")
	require.NoError(t, ctx.Err(), "the child never said %q often enough", after)
	timer.Stop()
}

func learn(t *testing.T, known map[string]*fate, word string, args []string) {
	switch word {
	case "starting", "opened", "indexed":
	case "inserted":
		known[args[0]] = &fate{}
	case "updated":
		n, err := strconv.Atoi(args[1])
		require.NoError(t, err)
		known[args[0]].n = n
	case "deleting":
		known[args[0]].deleting = true
	case "deleted":
		known[args[0]].deleted = true
	default:
		t.Fatalf("child: %s %v", word, args)
	}
}

func verify(t *testing.T, dir string, known map[string]*fate, moment string) {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir})
	require.NoError(t, err, "killed %s", moment)
	defer func() { require.NoError(t, s.Close(context.Background())) }()
	requireConsistent(t, s)
	c := s.Collection("things")
	for id, f := range known {
		d, err := c.FindOne(t.Context(), bson.D{{Key: "_id", Value: id}}, mongo.FindOptions{})
		if f.deleted || (f.deleting && err != nil) {
			require.ErrorIs(t, err, mongo.ErrNotFound, "killed %s: %s was deleted", moment, id)
			continue
		}
		require.NoError(t, err, "killed %s: %s was acknowledged", moment, id)
		value, _ := doc.Get(d, "n")
		n, _ := value.(int64)
		email, _ := doc.Get(d, "email")
		assert.True(t, n == int64(f.n) || n == int64(f.n)+1, "killed %s: %s has n %d, acknowledged %d", moment, id, n, f.n)
		f.n = int(n)
		byEmail, err := c.Find(t.Context(), bson.D{{Key: "email", Value: email}}, mongo.FindOptions{})
		require.NoError(t, err)
		require.Equal(t, []bson.D{d}, byEmail)
	}
}

// killedChild writes until it is killed, and says what has been acknowledged.
func killedChild(dir string) {
	say("starting")
	ctx := context.Background()
	s, err := Open(ctx, Options{Dir: dir})
	if err != nil {
		fail(err)
	}
	say("opened")
	c := s.Collection("things")
	ensure := func(sparse bool) {
		err := c.EnsureIndexes(ctx, mongo.Index{Fields: []string{"email"}, Unique: true}, mongo.Index{Fields: []string{"tags", "n"}, Sparse: sparse})
		if err != nil {
			fail(err)
		}
		say("indexed")
	}
	ensure(false)
	var wait sync.WaitGroup
	wait.Go(func() {
		for sparse := true; ; sparse = !sparse {
			ensure(sparse)
		}
	})
	for w := range killWriters {
		wait.Go(func() {
			for i := 0; ; i++ {
				killedWriter(ctx, c, fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i), i)
			}
		})
	}
	wait.Wait()
}

// killedWriter inserts a document whose email the other writers want too, and
// the one that gets it changes it and deletes some.
func killedWriter(ctx context.Context, c mongo.Collection, id string, i int) {
	email := fmt.Sprintf("%d-%d@example.com", os.Getpid(), i)
	if i%3 == 0 {
		email = id
	}
	_, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "email", Value: email}, {Key: "n", Value: int64(0)},
		{Key: "tags", Value: bson.A{i % 5, i % 7}}, {Key: "text", Value: strings.Repeat("x", rand.IntN(600))}})
	if errors.Is(err, mongo.ErrDuplicate) {
		return
	}
	if err != nil {
		fail(err)
	}
	say("inserted", id)
	filter := bson.D{{Key: "_id", Value: id}}
	for n := 1; n <= 2; n++ {
		if _, err := c.UpdateOne(ctx, filter, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}, mongo.UpdateOptions{}); err != nil {
			fail(err)
		}
		say("updated", id, n)
	}
	if i%4 == 0 {
		say("deleting", id)
		if _, err := c.DeleteOne(ctx, filter); err != nil {
			fail(err)
		}
		say("deleted", id)
	}
}

// say prints one line with one write, so that lines never mix.
func say(words ...any) { _, _ = fmt.Fprintln(os.Stdout, words...) }

func fail(err error) {
	say("failed:", err)
	os.Exit(1)
}
