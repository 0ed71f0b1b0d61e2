package repo_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

func Example() {
	if err := example(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// hello-2.12-1.noarch 2.12
	// downloaded 1
}

func example() error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := rpmtest.WriteRepo(ctx, dir+"/site/9", &rpmtest.Package{Name: "hello", Version: "2.12"}, &rpmtest.Package{Name: "other"}); err != nil {
		return err
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir + "/site")))
	defer server.Close()

	definition := "[test]\nname=Test\nbaseurl=" + server.URL + "/$releasever/\n"
	repos, err := repo.ParseRepoFile([]byte(definition), repo.NewVars("9", "x86_64"))
	if err != nil {
		return err
	}
	metadata, err := repo.Refresh(ctx, repos[0], dir+"/cache", nil)
	if err != nil {
		return err
	}
	defer metadata.Close()

	var wanted []*rpmpkg.Info
	for info, err := range metadata.Packages(ctx) {
		if err != nil {
			return err
		}
		if info.NEVRA.Name == "hello" {
			fmt.Println(info.NEVRA, info.NEVRA.Version)
			wanted = append(wanted, info)
		}
	}
	paths, err := repo.FetchPackages(ctx, []*repo.Metadata{metadata}, wanted, dir+"/packages", nil)
	if err != nil {
		return err
	}
	fmt.Println("downloaded", len(paths))
	return nil
}
