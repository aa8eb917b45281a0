#!/usr/bin/env bash
# Makes the files that compose.yaml hands to its containers as secrets, with a new password; files that exist are kept.
set -euo pipefail
cd "$(dirname "$0")"
[[ ! -e secrets/database_url ]] || { echo "secrets.sh: compose/secrets exists and is kept" >&2; exit 0; }

# Nobody else may enter the folder. Within it each file can be read by all, as the containers' users have other numbers.
mkdir -p secrets
chmod 700 secrets
password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
printf '%s' "$password" > secrets/database_password
printf 'postgresql://rollcall:%s@postgres:5432/rollcall' "$password" > secrets/database_url
chmod 444 secrets/*
