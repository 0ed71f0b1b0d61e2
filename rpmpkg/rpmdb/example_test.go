package rpmdb_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

func ExampleWrite() {
	if err := example(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// hello-2.12-1.noarch installed 2024-01-02
}

func example() error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, err := (&rpmtest.Package{Name: "hello", Version: "2.12"}).Build()
	if err != nil {
		return err
	}
	pkg, err := rpmpkg.Read(bytes.NewReader(data), nil)
	if err != nil {
		return err
	}
	err = rpmdb.Write(ctx, dir, rpmdb.Changes{
		Add:         []rpmdb.Package{{Header: pkg.Header, Signature: pkg.Signature}},
		InstallTime: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC),
		Color:       rpmdb.TransactionColor("x86_64"),
	})
	if err != nil {
		return err
	}
	db, err := rpmdb.Open(dir)
	if err != nil {
		return err
	}
	defer db.Close()
	for info, err := range db.Infos(ctx) {
		if err != nil {
			return err
		}
		fmt.Println(info.NEVRA, "installed", info.InstallTime.UTC().Format(time.DateOnly))
	}
	return nil
}
