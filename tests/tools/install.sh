#!/usr/bin/env bash
# Installs what this machine lacks, once: `install.sh run` for building and running, `install.sh test` for the tests too.
# Needs only rustup's cargo and npm to be there. A second call takes a fraction of a second.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '==> %s\n' "$1" >&2; }
fail() { printf '\n%s\n' "$1" >&2; exit 1; }

command -v cargo >/dev/null || fail "cargo is missing. Install Rust through rustup (https://rustup.rs), open a new shell and start again."
command -v npm >/dev/null || fail "npm is missing. Install Node.js with npm (on Debian and Ubuntu: apt-get install nodejs npm) and start again."

# Debian packages, by what they are needed for.
packages=()
need() { command -v "$1" >/dev/null || packages+=("$2"); }
need cc build-essential # ring and SQLite are C, and Rust links through it
need clang clang # compiles ring's C for wasm
need openssl openssl
if [ "${1:-run}" = fuzz ]; then need g++ g++; fi # the fuzzer's own runtime is C++
if [ "${1:-run}" = test ]; then
  need chromium chromium
  need python3 python3
  # Debian has venv's own pip apart.
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
  need chromedriver chromium-driver
  # Without a Japanese font the screenshots show boxes.
  if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=ja family)" ]; then packages+=(fontconfig fonts-noto-cjk); fi
fi
if [ ${#packages[@]} -gt 0 ]; then
  list="${packages[*]}"
  command -v apt-get >/dev/null || fail "Missing: $list. This machine has no apt-get: install them with its own package manager and start again."
  if [ "$(id -u)" = 0 ]; then become=(); elif command -v sudo >/dev/null; then become=(sudo); else
    fail "Missing: $list. Ask somebody who may to run: apt-get install $list"
  fi
  say "Debian packages: $list"
  "${become[@]}" apt-get update -q >&2 && "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}" >&2 ||
    fail "apt-get could not install: $list. Is the network there? Install them by hand and start again."
fi

# The Python of the tests, with the one package that the origin's verifier for Python needs.
venv=${CARGO_TARGET_DIR:-target}/python
python=$venv/bin/python3
if [ "${1:-run}" = test ] && ! "$python" -c 'import cryptography' 2>/dev/null; then
  say "Python package cryptography"
  python3 -m venv "$venv" >&2 && "$python" -m pip install -q --disable-pip-version-check 'cryptography==48.0.0' >&2 ||
    fail "pip could not install cryptography. Is the network there?"
fi

# rustup reads rust-toolchain.toml and fetches toolchain and target by itself, once.
sysroot=$(rustc --print sysroot) || fail "The pinned Rust toolchain could not be installed. Is the network there? Try: rustup toolchain install"
if [ ! -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ]; then
  say "Rust target wasm32-unknown-unknown"
  command -v rustup >/dev/null || fail "This Rust has no wasm32 target and was not installed through rustup. Install Rust through rustup and start again."
  rustup target add wasm32-unknown-unknown || fail "rustup could not add the target wasm32-unknown-unknown. Is the network there?"
fi

# npm's tools, only when the lock file changed. No install script runs: none of them needs one.
stamp=tests/node_modules/.sekisho-lock
if ! cmp -s tests/package-lock.json "$stamp"; then
  say "npm packages (Node, workerd, wrangler, wasm-opt)"
  npm ci --prefix tests --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
    fail "npm could not install the tools of tests/package-lock.json. Is the network there?"
  cp tests/package-lock.json "$stamp"
fi

# nginx, before which the files of edge/deploy are tried: the program alone, since the package would start a server here.
nginx=target/tools/nginx
if [ "${1:-run}" = test ] && [ ! -x /usr/sbin/nginx ] && [ ! -x "$nginx/usr/sbin/nginx" ]; then
  say "nginx, unpacked below target"
  mkdir -p "$nginx"
  (cd "$nginx" && apt-get download -q nginx && dpkg-deb -x nginx_*.deb .) >&2 && [ -x "$nginx/usr/sbin/nginx" ] ||
    fail "nginx could not be fetched by apt-get download. Install it by hand and start again."
fi
