#!/bin/sh
# mmdebstrap runs this with the image's root folder, after the plain host's customize.sh.
set -eu
root=$1
here=$(dirname "$0")

# What ends the image's first boot does so here too, after the container images are in.
mv "$root/usr/local/lib/sandbox/seal" "$root/usr/local/lib/sandbox/seal-host"
cp -R --no-preserve=ownership,timestamps "$here/files/." "$root/"
install -m 0755 "$here/inputs/kubelet" "$root/usr/local/bin/kubelet"
install -m 0644 "$here/inputs/images.tar" "$root/usr/local/lib/sandbox/images.tar"

chroot "$root" systemctl enable --quiet containerd.service kubelet.service sandbox-wait.service
