package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree/pull"
)

// userAgent is how the command introduces itself, by the name that servers may look for.
const userAgent = "libostree/" + versionNumber

// transportOptions say how pull speaks HTTP. Of numbers those below 0 mean the default.
type transportOptions struct {
	headers                    []string
	userAgent                  string
	retries                    int
	noNetworkRetry             bool
	lowSpeedLimit, lowSpeedFor int // bytes a second, seconds
}

func (o *transportOptions) flags(c *cobra.Command) {
	o.retries, o.lowSpeedLimit, o.lowSpeedFor = -1, -1, -1
	glibopt.Strings(c, &o.headers, "http-header", "", "NAME=VALUE", "Add NAME=VALUE as HTTP header to all requests")
	glibopt.String(c, &o.userAgent, "append-user-agent", "", "USER_AGENT", "Append string to user agent")
	glibopt.Hide(c, "append-user-agent")
	glibopt.Int(c, &o.retries, "network-retries", "", "N", "Specifies how many times each download should be retried upon error (default: 5)")
	glibopt.Bool(c, &o.noNetworkRetry, "disable-retry-on-network-errors", "", "Do not retry when network issues happen, instead fail automatically")
	glibopt.Int(c, &o.lowSpeedLimit, "low-speed-limit-bytes", "", "N", "The limit of average speed in bytes/second below which a transfer is aborted (default: 1000)")
	glibopt.Int(c, &o.lowSpeedFor, "low-speed-time-seconds", "", "N", "The time in seconds that a transfer may be below that limit (default: 30)")
}

// http are the options of the transport.
func (o *transportOptions) http() (*pull.HTTPOptions, error) {
	h := &pull.HTTPOptions{Header: http.Header{}, NoNetworkRetry: o.noNetworkRetry, Retries: option(o.retries),
		MinRate: option(o.lowSpeedLimit), Stall: time.Duration(option(o.lowSpeedFor)) * time.Second}
	if o.userAgent != "" {
		h.Header.Set("User-Agent", userAgent+" "+o.userAgent)
	}
	for _, kv := range o.headers {
		name, value, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, errorf("Missing '=' in --http-header")
		}
		h.Header.Add(name, value)
	}
	return h, nil
}

// option turns a number of the command line, where 0 means none and less the default, into one of the library, where it
// is the other way round.
func option(n int) int {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return -1
	}
	return n
}
