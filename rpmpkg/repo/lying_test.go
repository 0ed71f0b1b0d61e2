package repo

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// large is a package whose file is sent in more than one piece.
func large() *rpmtest.Package {
	var body strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&body, "%x", i*i)
	}
	return &rpmtest.Package{Name: "large", Files: []rpmtest.File{{Path: "/usr/libexec/large", Body: body.String()}}}
}

// mirrorOf serves the files of a site by way of answer.
func mirrorOf(t *testing.T, s *site, answer func(w http.ResponseWriter, r *http.Request, body []byte)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		answer(w, r, body)
	}))
	t.Cleanup(server.Close)
	return server
}

// cut sends the first half of a body that was announced as a whole, then hangs up.
func cut(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.Header().Set("Accept-Ranges", "bytes")
	w.Header().Set("ETag", `"same"`)
	w.Write(body[:len(body)/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// Whatever the first mirror does with metadata or packages, what arrives comes from the second one and is right.
func TestLyingMirror(t *testing.T) {
	lies := map[string]func(w http.ResponseWriter, r *http.Request, body []byte){
		"cut":        func(w http.ResponseWriter, _ *http.Request, body []byte) { cut(w, body) },
		"too long":   func(w http.ResponseWriter, _ *http.Request, body []byte) { w.Write(append(body, "more"...)) },
		"too short":  func(w http.ResponseWriter, _ *http.Request, body []byte) { w.Write(body[:len(body)-1]) },
		"empty":      func(http.ResponseWriter, *http.Request, []byte) {},
		"web page":   func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.Write([]byte("<html>log in</html>")) },
		"no content": func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(http.StatusNoContent) },
		"other bytes": func(w http.ResponseWriter, _ *http.Request, body []byte) {
			body[len(body)-1] ^= 1
			w.Write(body)
		},
		"not modified": func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(http.StatusNotModified) },
		"a part": func(w http.ResponseWriter, _ *http.Request, body []byte) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 1-%d/%d", len(body)-1, len(body)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(body[1:])
		},
		"circle": func(w http.ResponseWriter, r *http.Request, _ []byte) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		},
		"broken":       func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(http.StatusBadGateway) },
		"forbidden":    func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(http.StatusForbidden) },
		"not there":    func(w http.ResponseWriter, r *http.Request, _ []byte) { http.NotFound(w, r) },
		"nothing said": func(http.ResponseWriter, *http.Request, []byte) { panic(http.ErrAbortHandler) },
	}
	good := newSite(t, large(), foo)
	for name, lie := range lies {
		for _, suffix := range []string{"repomd.xml", "primary.xml.gz", ".rpm"} {
			t.Run(name+" "+suffix, func(t *testing.T) {
				bad := mirrorOf(t, good, func(w http.ResponseWriter, r *http.Request, body []byte) {
					if strings.HasSuffix(r.URL.Path, suffix) {
						lie(w, r, body)
						return
					}
					w.Write(body)
				})
				m := refreshed(t, New("test", bad.URL, good.server.URL), t.TempDir(), nil)
				require.Equal(t, []string{"foo-1.0-1.noarch", "large-1.0-1.noarch"}, names(t, m))
				info := find(t, m, "large")
				path, err := m.FetchPackage(context.Background(), info, t.TempDir())
				require.NoError(t, err)
				want, err := os.ReadFile(filepath.Join(good.dir, info.Location))
				require.NoError(t, err)
				got, err := os.ReadFile(path)
				require.NoError(t, err)
				require.True(t, string(want) == string(got), "the file is the one of the good mirror")
			})
		}
	}
}

// A transfer that breaks off goes on where it was, if the server can do that, and is right in any case.
func TestBrokenTransferGoesOn(t *testing.T) {
	s := newSite(t, large())
	for name, again := range map[string]func(w http.ResponseWriter, r *http.Request, body []byte){
		"range": func(w http.ResponseWriter, r *http.Request, body []byte) {
			w.Header().Set("ETag", `"same"`)
			from := len(body) / 2
			require.Equal(t, fmt.Sprintf("bytes=%d-", from), r.Header.Get("Range"))
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(body[from:])
		},
		"whole": func(w http.ResponseWriter, _ *http.Request, body []byte) { w.Write(body) },
		"wrong range": func(w http.ResponseWriter, r *http.Request, body []byte) {
			if r.Header.Get("Range") == "" {
				w.Write(body)
				return
			}
			w.Header().Set("ETag", `"same"`)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 7-%d/%d", len(body)-1, len(body)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(body[7:])
		},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			server := mirrorOf(t, s, func(w http.ResponseWriter, r *http.Request, body []byte) {
				switch {
				case !strings.HasSuffix(r.URL.Path, ".rpm"):
					w.Write(body)
				case asked.Add(1) == 1:
					cut(w, body)
				default:
					again(w, r, body)
				}
			})
			m := refreshed(t, New("test", server.URL), t.TempDir(), nil)
			info := find(t, m, "large")
			path, err := m.FetchPackage(context.Background(), info, t.TempDir())
			require.NoError(t, err)
			want, err := os.ReadFile(filepath.Join(s.dir, info.Location))
			require.NoError(t, err)
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, string(want) == string(got))
			require.GreaterOrEqual(t, asked.Load(), int32(2))
		})
	}
}

// Advisories and the index itself are handed on; errors in the middle end the sequence.
func TestAdvisories(t *testing.T) {
	const good = `<updates><update type="security" status="final"><id>A-1</id><title>first</title><severity>Critical</severity></update>` +
		`<update type="bugfix"><id>A-2</id></update></updates>`
	for text, want := range map[string][]string{
		good: {"A-1", "A-2"},
		"":   nil,
		strings.Replace(good, "</updates>", "<update><id>", 1): {"A-1", "A-2", "error"},
	} {
		s := newSite(t, foo)
		extra := []repodata.Extra{{Type: "updateinfo", Name: "updateinfo.xml", Content: []byte(text)}}
		if text == "" {
			extra = nil
		}
		_, err := repodata.CreateRepo(context.Background(), s.dir, &repodata.CreateOptions{Time: time.Unix(1_700_000_000, 0), Extra: extra})
		require.NoError(t, err)
		m := refreshed(t, New("test", s.server.URL), t.TempDir(), nil)
		index, err := os.ReadFile(filepath.Join(s.dir, "repodata", "repomd.xml"))
		require.NoError(t, err)
		require.Equal(t, sha(string(index)), m.Checksum().Encoded())
		require.Equal(t, int64(1_700_000_000), m.Repomd().Generated().Unix())
		var got []string
		for a, err := range m.Advisories(context.Background()) {
			if err != nil {
				require.ErrorContains(t, err, "repository test: ")
				got = append(got, "error")
				continue
			}
			got = append(got, a.ID)
		}
		require.Equal(t, want, got)
	}
}

// A mirror that has the new index already, but not its files, costs nothing but another mirror.
func TestMirrorThatIsBeingUpdated(t *testing.T) {
	s := newSite(t, foo)
	half := mirrorOf(t, s, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if strings.HasSuffix(r.URL.Path, "repomd.xml") {
			w.Write(body)
			return
		}
		http.NotFound(w, r)
	})
	m := refreshed(t, New("test", half.URL, s.server.URL), t.TempDir(), nil)
	require.Equal(t, []string{"foo-1.0-1.noarch"}, names(t, m))
}

// What the real tool makes in all its ways is read; its zchunk files, which repeat the others, are not asked for.
func TestReadsEveryKindOfRepository(t *testing.T) {
	testenv.NeedTool(t, "createrepo_c")
	for _, args := range [][]string{
		{"--zck"}, {"--checksum=sha"}, {"--checksum=sha512", "--repomd-checksum=md5"}, {"--simple-md-filenames", "--general-compress-type=xz"},
		{"--general-compress-type=bz2", "--no-database"}, {"--baseurl=https://other.example/x/", "--location-prefix=deep/er"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			s := newSite(t, foo, bar)
			require.NoError(t, os.RemoveAll(filepath.Join(s.dir, "repodata")))
			testenv.Run(t, s.dir, append(append([]string{"createrepo_c", "--quiet"}, args...), s.dir)...)
			m := refreshed(t, New("test", s.server.URL), t.TempDir(), nil)
			require.Equal(t, []string{"bar-2.0-1.noarch", "foo-1.0-1.noarch"}, names(t, m))
			for _, p := range s.requests() {
				require.NotContains(t, p, ".zck")
			}
			if args[0] == "--baseurl=https://other.example/x/" {
				require.Equal(t, "https://other.example/x/deep/er/foo-1.0-1.noarch.rpm", find(t, m, "foo").Location)
				return
			}
			_, err := m.FetchPackage(context.Background(), find(t, m, "foo"), t.TempDir())
			require.NoError(t, err)
		})
	}
}
