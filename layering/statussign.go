package layering

import (
	"context"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sign"
)

// SignatureTuple is one OpenPGP signature in the status, in the order of libostree's attributes: valid, signature
// expired, key expired, key revoked, key missing, fingerprint, time, time of expiry, names of the key's and the hash
// algorithm, name and address of the user, fingerprint of the primary key, times of expiry of key and primary key.
// Times are seconds since 1970, 0 for never. The name of the hash algorithm is not filled in.
type SignatureTuple [15]any

// signatures checks those of the base commit of a deployment.
func (e *Engine) signatures(ctx context.Context, s *DeploymentStatus, rem ostree.Remote) error {
	text := s.BaseChecksum
	if text == "" {
		text = s.Checksum
	}
	sum, err := ostree.ParseChecksum(text)
	if err != nil {
		return err
	}
	repo := e.sys.Repo()
	detached, err := repo.DetachedMetadata(ctx, sum)
	if err != nil || detached == nil {
		return err
	}
	list, err := sign.Signatures(detached, sign.GPG)
	if err != nil || len(list) == 0 {
		return err
	}
	keys, err := sign.RemoteKeyring(repo, rem, e.opts.Keys)
	if err != nil {
		return err
	}
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit})
	if err != nil {
		return err
	}
	for _, r := range keys.Verify(data, list, e.opts.Keys) {
		s.Signatures = append(s.Signatures, signatureTuple(&r))
	}
	return nil
}

func signatureTuple(r *sign.Result) SignatureTuple {
	fingerprint := r.Fingerprint
	if fingerprint == "" {
		fingerprint = r.KeyID
	}
	return SignatureTuple{
		r.Valid(), r.Status == sign.Expired, r.Status == sign.KeyExpired, r.Status == sign.KeyRevoked, r.Status == sign.KeyMissing,
		fingerprint, seconds(r.Created), seconds(r.Expires), r.Algorithm, "", r.UserName, r.UserEmail, r.Primary,
		seconds(r.KeyExpires), seconds(r.PrimaryExpires),
	}
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
