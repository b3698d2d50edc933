#!/usr/bin/env bash
# What the action and the GitLab job run: SARIF for the platform, annotations for the reader.
set -euo pipefail
gate=()
if [ -n "${GATE:-}" ]; then gate=(--gate "$GATE"); fi
code=0
scaffold check "${CHECKED:-.}" "${gate[@]}" --format sarif --out "${SARIF:-scaffold.sarif}" || code=$?
if [ "$code" -gt 1 ]; then exit "$code"; fi
scaffold check "${CHECKED:-.}" "${gate[@]}" --format "${ANNOTATIONS:-github}"
