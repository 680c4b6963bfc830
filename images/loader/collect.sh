#!/bin/sh
# collect.sh FOLDER: puts what the loader needs of this Debian system, which has the packages apparmor and
# busybox-static, into FOLDER.
set -eu

image=$1
mkdir -p "$image/usr/bin" "$image/usr/sbin" "$image/usr/lib" "$image/usr/lib64" "$image/usr/share" "$image/etc"
for folder in bin sbin lib lib64; do
	ln -s "usr/$folder" "$image/$folder"
done

# Debian's parser.conf names a file of features; without that file the parser refuses every policy.
cp -a /etc/apparmor "$image/etc/"
cp -a /usr/share/apparmor-features "$image/usr/share/"
# Of the policies only what others include: the image loads none of its own.
mkdir "$image/etc/apparmor.d"
cp -a /etc/apparmor.d/abi /etc/apparmor.d/abstractions /etc/apparmor.d/tunables "$image/etc/apparmor.d/"

cp -a /usr/sbin/apparmor_parser "$image/usr/sbin/"
ldd /usr/sbin/apparmor_parser | while read -r first second third _; do
	case $first in /*) library=$first ;; *) library=$third ;; esac
	case $second.$library in *./*) ;; *) continue ;; esac
	mkdir -p "$image/usr${library%/*}"
	cp -L "$library" "$image/usr$library"
done

cp -a "$(command -v busybox)" "$image/usr/bin/busybox"
for program in cat chmod chroot cp cut dd gzip head id ln ls mkdir mv readlink rm rmdir sh sha256sum sleep sort stat \
	sync tail timeout tr uname; do
	ln -s busybox "$image/usr/bin/$program"
done

# What pods mount, and where.
mkdir -p "$image/dev" "$image/host/proc" "$image/proc" "$image/sys" "$image/tmp" "$image/run/pulumi-apparmor" \
	"$image/var/lib/pulumi-apparmor" "$image/etc/pulumi-apparmor/declared" "$image/opt/pulumi-apparmor"
chmod 1777 "$image/tmp"
echo 'root:x:0:0:root:/:/bin/sh' >"$image/etc/passwd"
