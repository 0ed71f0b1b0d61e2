# Makes what the session in transcript.txt finds in its directory.
set -e
mkdir -p t/sub/deep t/etc
echo hi > t/a
echo other > t/sub/b
: > t/sub/empty
ln -s a t/link
ln -s ../etc t/sub/dirlink
chmod 0600 t/sub/b
chmod 0755 t/a
echo conf > t/etc/conf
cp -a t t2
echo more >> t2/a
rm t2/sub/b
echo new > t2/new
mkdir -p os/usr/lib/modules/5.0 os/usr/etc
echo kernel > os/usr/lib/modules/5.0/vmlinuz
echo initramfs > os/usr/lib/modules/5.0/initramfs.img
printf 'NAME=TestOS\nPRETTY_NAME="Test OS"\nID=testos\n' > os/usr/lib/os-release
echo default > os/usr/etc/conf
