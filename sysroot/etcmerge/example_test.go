package etcmerge_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"example.com/rpmostree/sysroot/etcmerge"
)

func ExampleNew() {
	base, err := os.MkdirTemp("", "etcmerge-example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(base)
	for name, text := range map[string]string{
		"old/motd": "welcome", "old/hosts": "localhost", // the defaults it began with
		"etc/motd": "welcome to my machine", "etc/hosts": "localhost", // what became of them
		"new/motd": "welcome to version 2", "new/hosts": "localhost ::1", // the new defaults
	} {
		p := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
	ctx := context.Background()
	etc, target := filepath.Join(base, "etc"), filepath.Join(base, "new")
	plan, err := etcmerge.New(ctx, filepath.Join(base, "old"), etc, target, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plan.Changes, plan.Steps)
	if err := plan.Apply(ctx, etc, target); err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"motd", "hosts"} {
		b, err := os.ReadFile(filepath.Join(target, name))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(b))
	}
	// Output:
	// [M    motd] [{copy motd}]
	// welcome to my machine
	// localhost ::1
}
