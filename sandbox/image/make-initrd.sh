#!/bin/sh
# Makes /boot/initrd.sandbox in an image: tiny-initramfs' static init and the modules of the virtual
# disk and network card. tiny-initramfs' own mktirfs cannot load the compressed modules of newer kernels.
set -eu
root=$1
kernel=$(ls "$root/lib/modules")
work=$root/tmp/initrd

mkdir "$work" "$work/dev" "$work/proc" "$work/target"
# Debian 12 has it in /usr/lib, later releases in /usr/libexec.
cp "$(find "$root/usr/lib" "$root/usr/libexec" -path "*/tiny-initramfs/init-static")" "$work/init"

chroot "$root" modprobe --set-version="$kernel" --show-depends --all virtio_pci virtio_blk virtio_net |
	awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r module; do
		name=$(basename "$module" .xz)
		case $module in
		*.xz) xz --decompress --stdout "$root$module" >"$work/$name" ;;
		*) cp "$root$module" "$work/$name" ;;
		esac
		# The init loads these in this order.
		echo "/$name" >>"$work/modules"
	done

chroot "$root" sh -c 'cd /tmp/initrd && find . | cpio --quiet -o -H newc -R 0:0' >"$root/boot/initrd.sandbox"
rm -r "$work"
