package main

import (
	"net"
	"net/http"
)

// fileServer serves one directory on loopback, the same for both commands.
type fileServer struct {
	http.Server
	root string
	url  string
}

func newServer() (*fileServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &fileServer{url: "http://" + l.Addr().String()}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.FileServer(http.Dir(s.root)).ServeHTTP(w, r)
	})
	go s.Serve(l)
	return s, nil
}
