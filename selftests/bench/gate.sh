#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the scenarios of suite.sh on a kernel, adds the results to those of history/, and fails if they have a regression that
# history/dashboard.json does not accept. The page is build/dashboard.html. Usage: gate.sh VERSION[:VARIANT] [SCENARIO..]
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp selftests/bench/history/*.json "$dir"
selftests/bench/suite.sh --kernel "$1" -o "$dir" "${@:2}"
build/gmemtrace dashboard "$dir" --summary -o build/dashboard.html
