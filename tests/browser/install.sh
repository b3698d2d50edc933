#!/bin/sh
# Make sure that a browser and its driver are there: the page of a comparison is tested in a real one.
set -eu

found() { command -v "$1" >/dev/null 2>&1; }
ready() {
	{ found chromium || found chromium-browser || found google-chrome; } && found chromedriver
}

if ready; then
	exit 0
fi
if [ "$(id -u)" = 0 ] && found apt-get; then
	echo "installing chromium, in which the page of a comparison is tested"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium chromium-driver fonts-dejavu-core
fi
if ! ready; then
	echo "no browser: the page of a comparison is tested in a real one" >&2
	echo "  try: install chromium and chromedriver (Debian, Ubuntu: sudo apt-get install chromium chromium-driver)" >&2
	exit 1
fi
