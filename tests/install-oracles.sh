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
need arm-linux-gnueabi-gcc "gcc-arm-linux-gnueabi libc6-dev-armel-cross"
need gdb-multiarch gdb-multiarch
need readelf binutils
need cpio cpio
need strace strace
need tmux tmux
need chromium chromium
need chromedriver chromium-driver

# Programs for ARM as Debian ships them, statically linked: what they do under
# qemu-arm they shall do under our kernel. They are unpacked, not installed,
# so that this machine's list of architectures stays as it is.
armhf=/opt/debian-armhf

unpack_armhf() {
	state=$(mktemp -d) || return
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	(
		cd "$state" || exit
		apt() {
			apt-get -qq -o APT::Architecture=armhf \
				-o APT::Architectures=armhf -o APT::Sandbox::User=root \
				-o Dir::State::Lists="$state/lists" \
				-o Dir::Cache="$state/cache" -o Acquire::Retries=3 "$@"
		}
		# A list that fails is none of the one that is needed, or the
		# download says so.
		apt update >/dev/null 2>&1
		apt download busybox-static bash-static || exit
		for package in ./*.deb; do
			dpkg -x "$package" "$armhf" || exit
		done
	)
	unpacked=$?
	rm -rf "$state"
	return $unpacked
}

root=
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && root=yes

if [ -n "$missing" ] && [ -n "$root" ]; then
	echo "installing from Debian:$packages"
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	if { apt-get update -qq && apt-get install -qq -y \
		--no-install-recommends $packages; } >/dev/null; then
		missing=
	else
		echo "apt-get could not install them"
	fi
fi
if [ ! -x "$armhf/bin/busybox" ] || [ ! -x "$armhf/bin/bash-static" ]; then
	{ [ -n "$root" ] && unpack_armhf; } || missing="$missing busybox-static:armhf"
fi
[ -z "$missing" ] ||
	echo "missing, so the tests that compare with them are skipped:$missing"
