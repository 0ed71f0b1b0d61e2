package pull_test

import (
	"context"
	"fmt"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// A server announces what it has; a client looks for neighbours that may have what it wants.
func ExampleAdvert() {
	refs := []ostree.Ref{{Collection: "org.example.Os", Name: "os/stable"}}
	txt := pull.NewAdvert(0, time.Unix(1700000000, 0), refs).TXT() // for a service of pull.LANServiceType

	advert, err := pull.ParseAdvert(txt)
	fmt.Println(err, advert.MayHave("org.example.Os", "os/stable"), advert.MayHave("org.example.Os", "os/devel"))
	// Output: <nil> true false
}

// Where there is no Avahi the error says so.
func ExampleLANRepos() {
	repos, err := pull.LANRepos(context.Background(), &pull.LANOptions{Bus: "unix:path=/nonexistent"})
	fmt.Println(len(repos), err)
	// Output: 0 browse _ostree_repo._tcp: Avahi daemon is not running: dial unix /nonexistent: connect: no such file or directory
}
