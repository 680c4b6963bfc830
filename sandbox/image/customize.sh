#!/bin/sh
# mmdebstrap runs this with the image's root folder, after all packages are installed.
set -eu
root=$1
here=$(dirname "$0")

cp -R --no-preserve=ownership,timestamps "$here/files/." "$root/"

# Every host gets keys of its own at its first boot; none are shared through the image.
rm -f "$root"/etc/ssh/ssh_host_*
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"

# For sudo tests: an ordinary user who can log in by key and may nothing.
chroot "$root" useradd --create-home --shell /bin/bash --password '*' deploy

chroot "$root" systemctl enable --quiet sandbox-guest.service sandbox-ready.service
# What a host that lives for an hour has no use for, and each costs boot time under emulation. (The
# random seed would be the same in all hosts; they have a virtio-rng device.)
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
	fstrim.timer man-db.timer getty.target getty-static.service serial-getty@.service systemd-pcrphase.service \
	systemd-pcrphase-sysinit.service systemd-binfmt.service systemd-update-utmp.service \
	systemd-update-utmp-runlevel.service systemd-random-seed.service; do
	ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# Not a first boot for systemd, which would run its first-boot units; the id is on the kernel command line.
: >"$root/etc/machine-id"
touch "$root/etc/.updated" "$root/var/.updated"

"$here/make-initrd.sh" "$root"

# What the builder takes out of the image: what it boots, and what it holds.
mkdir "$root/boot/sandbox"
cp "$root"/boot/vmlinuz-* "$root/boot/sandbox/vmlinuz"
mv "$root/boot/initrd.sandbox" "$root/boot/sandbox/initrd"
# shellcheck disable=SC2016 # the variables are dpkg-query's
chroot "$root" dpkg-query --show --showformat '${Package} ${Version} ${Architecture}\n' >"$root/boot/sandbox/packages"
