#!/bin/sh
# The independent tools that some tests compare ringview with. Users never
# need them. As root on Debian, install those that are missing; elsewhere
# say which are, for their tests are skipped.

set -u

missing=
packages=
need() {
	command -v "$1" >/dev/null 2>&1 && return
	missing="$missing $1"
	packages="$packages $2"
}

need qemu-arm qemu-user
need qemu-system-arm qemu-system-arm
need arm-linux-gnueabihf-gcc "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross"
need gdb-multiarch gdb-multiarch
need readelf binutils
need cpio cpio
need strace strace
need tmux tmux
need chromium chromium
need chromedriver chromium-driver

[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing from Debian:$packages"
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	{ apt-get update -qq && apt-get install -qq -y --no-install-recommends \
		$packages; } >/dev/null && exit 0
	echo "apt-get could not install them"
fi
echo "missing, so the tests that compare with them are skipped:$missing"
