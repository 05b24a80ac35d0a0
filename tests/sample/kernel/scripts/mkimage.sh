#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Joins the boot header and the kernel into one image.
set -e

header=$1
kernel=$2
image=${3:-image.bin}
tmp=/tmp/mkimage.$$

if [ -z "$header" ] || [ -z "$kernel" ]; then
	echo "usage: mkimage.sh HEADER KERNEL [IMAGE]" >&2
	exit 2
fi

cat "$header" "$kernel" > "$tmp"
mv "$tmp" "$image"
echo "wrote $image"
