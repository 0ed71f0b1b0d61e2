package pull

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sync/errgroup"
)

// LANRepo is a repository that a computer on the local network serves.
type LANRepo struct {
	// Name is that of the service, for people.
	Name string
	// URL is where the repository is.
	URL string
	// Advert says what may be in it. Nothing vouches for that.
	Advert *Advert
}

// LANOptions configure LANRepos; nil and zero values mean the defaults.
type LANOptions struct {
	// Bus is the D-Bus address at which Avahi is; "" means the system bus, at
	// $DBUS_SYSTEM_BUS_ADDRESS or the usual place.
	Bus string
	// Timeout is how long the network may be asked; <= 0 means 15 s. Avahi takes
	// about one second to say that this is all for now, and up to five for a
	// service whose computer is gone.
	Timeout time.Duration
	// Ignored is told why a service does not count, from one goroutine; nil means
	// silence.
	Ignored func(service string, why error)
}

const (
	defaultLANTimeout = 15 * time.Second
	maxLANServices    = 1000 // anybody on the network can announce any number
	lanResolvers      = 16   // questions to Avahi at the same time
)

// LANRepos asks the Avahi daemon (avahi-daemon(8)) for the repositories that computers on the local network announce,
// in the order of their URLs. What is there need not be what the announcement says: pull from it only what is signed.
func LANRepos(ctx context.Context, o *LANOptions) ([]LANRepo, error) {
	if o == nil {
		o = &LANOptions{}
	}
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = defaultLANTimeout
	}
	within, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %v", timeout))
	defer cancel()
	repos, err := lanRepos(within, o)
	switch {
	case err == nil:
		err = ctx.Err() // services that time out are just not there
	case within.Err() != nil:
		err = context.Cause(within) // the connection was closed
	}
	if err != nil {
		return nil, fmt.Errorf("browse %s: %w", LANServiceType, err)
	}
	return repos, nil
}

func lanRepos(ctx context.Context, o *LANOptions) ([]LANRepo, error) {
	a, err := connectAvahi(ctx, o.Bus)
	if err != nil {
		return nil, fmt.Errorf("Avahi daemon is not running: %w", err)
	}
	defer a.conn.Close() // it is closed already if the time is over
	services, err := a.browse(ctx)
	if err != nil {
		return nil, err
	}
	var repos []LANRepo
	for i, answer := range a.resolveAll(ctx, services) {
		switch {
		case answer.err == nil:
			repos = append(repos, answer.repo)
		case o.Ignored != nil:
			o.Ignored(services[i].Name, answer.err)
		}
	}
	// The same computer may be seen through several interfaces.
	slices.SortStableFunc(repos, func(a, b LANRepo) int { return cmp.Compare(a.URL, b.URL) })
	return slices.CompactFunc(repos, func(a, b LANRepo) bool { return a.URL == b.URL }), nil
}

// The D-Bus interface of Avahi, as its introspection data describe it.
const (
	avahiName    = "org.freedesktop.Avahi"
	avahiServer  = avahiName + ".Server"
	avahiBrowser = avahiName + ".ServiceBrowser"
	avahiAny     = int32(-1) // interface or protocol
)

// avahi is a connection to the daemon.
type avahi struct {
	conn    *dbus.Conn
	server  dbus.BusObject
	signals chan *dbus.Signal
}

func connectAvahi(ctx context.Context, bus string) (*avahi, error) {
	options := []dbus.ConnOption{dbus.WithContext(ctx), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler())}
	var conn *dbus.Conn
	var err error
	if bus == "" {
		conn, err = dbus.ConnectSystemBus(options...)
	} else {
		conn, err = dbus.Connect(bus, options...)
	}
	if err != nil {
		return nil, err
	}
	a := &avahi{conn, conn.Object(avahiName, "/"), make(chan *dbus.Signal, 16)}
	// Signals may come before the answer that says what they are about.
	conn.Signal(a.signals)
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(avahiName), dbus.WithMatchInterface(avahiBrowser))
	var version string
	if err == nil {
		err = a.server.CallWithContext(ctx, avahiServer+".GetVersionString", 0).Store(&version)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return a, nil
}

// lanService is a service as it is seen through one interface.
type lanService struct {
	Interface, Protocol int32
	Name, Type, Domain  string
}

// browse lists the services until Avahi says that there are no more for now.
func (a *avahi) browse(ctx context.Context) ([]lanService, error) {
	var path dbus.ObjectPath
	err := a.server.CallWithContext(ctx, avahiServer+".ServiceBrowserNew", 0, avahiAny, avahiAny, LANServiceType, "", uint32(0)).Store(&path)
	if err != nil {
		return nil, err
	}
	var found []lanService
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case s, ok := <-a.signals:
			if !ok {
				return nil, cmp.Or(context.Cause(ctx), errors.New("connection to the bus is lost"))
			}
			if s.Path != path {
				continue
			}
			var done bool
			if found, done, err = browsed(found, s); done || err != nil {
				return found, err
			}
		}
	}
}

// browsed takes in what a signal of the browser says.
func browsed(found []lanService, s *dbus.Signal) (_ []lanService, done bool, err error) {
	var service lanService
	switch s.Name {
	case avahiBrowser + ".ItemNew", avahiBrowser + ".ItemRemove":
		var flags uint32
		err := dbus.Store(s.Body, &service.Interface, &service.Protocol, &service.Name, &service.Type, &service.Domain, &flags)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", s.Name, err)
		}
		found = slices.DeleteFunc(found, func(f lanService) bool { return f == service })
		if s.Name == avahiBrowser+".ItemNew" && len(found) < maxLANServices {
			found = append(found, service)
		}
	case avahiBrowser + ".AllForNow":
		return found, true, nil
	case avahiBrowser + ".Failure":
		var why string
		_ = dbus.Store(s.Body, &why) // an empty text is no worse than one of another type
		return nil, false, fmt.Errorf("Avahi browser error: %s", why)
	}
	return found, false, nil
}

type lanAnswer struct {
	repo LANRepo
	err  error
}

// resolveAll finds out where the services are; answers have the order of the services.
func (a *avahi) resolveAll(ctx context.Context, services []lanService) []lanAnswer {
	answers := make([]lanAnswer, len(services))
	var g errgroup.Group
	g.SetLimit(lanResolvers)
	for i, s := range services {
		g.Go(func() error {
			answers[i].repo, answers[i].err = a.resolve(ctx, s)
			return nil
		})
	}
	_ = g.Wait() // they return no errors
	return answers
}

func (a *avahi) resolve(ctx context.Context, s lanService) (LANRepo, error) {
	var at lanService // again
	var host, address string
	var protocol int32
	var port uint16
	var txt [][]byte
	var flags uint32
	call := a.server.CallWithContext(ctx, avahiServer+".ResolveService", 0, s.Interface, s.Protocol, s.Name, s.Type, s.Domain, avahiAny, uint32(0))
	err := call.Store(&at.Interface, &at.Protocol, &at.Name, &at.Type, &at.Domain, &host, &protocol, &address, &port, &txt, &flags)
	if err != nil {
		return LANRepo{}, err
	}
	advert, err := ParseAdvert(txt)
	if err != nil {
		return LANRepo{}, err
	}
	u, err := lanURL(address, at.Interface, port, advert.Index)
	return LANRepo{s.Name, u, advert}, err
}

// lanURL is the address of a repository. Some IPv6 addresses mean nothing without the interface (RFC 4007).
func lanURL(address string, iface int32, port, index uint16) (string, error) {
	ip, err := netip.ParseAddr(address)
	if err != nil || port == 0 {
		return "", fmt.Errorf("no address: %q, port %d", address, port)
	}
	if ip.Is6() && (ip.IsLinkLocalUnicast() || ip.IsLoopback()) && ip.Zone() == "" {
		ip = ip.WithZone(strconv.Itoa(int(iface)))
	}
	host := net.JoinHostPort(ip.String(), strconv.Itoa(int(port)))
	u := url.URL{Scheme: "http", Host: host, Path: "/" + strconv.Itoa(int(index))}
	return u.String(), nil
}
