# Shell functions that ./run and ./test share. Sourced; the working folder is the repository.
# shellcheck shell=bash

export PATH="$PWD/.deps/bin:$PATH"

# With paths below the clone made relative, ccache serves one clone what another compiled.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
  BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' DIM=$'\e[2m' PLAIN=$'\e[0m'
else
  BOLD='' GREEN='' RED='' DIM='' PLAIN=''
fi

say() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# build PRESET [TARGET...]: configures and builds below build/PRESET.
build() {
  local preset=$1
  shift
  mkdir -p "build/$preset"
  say "building $preset"
  cmake --preset "$preset" > "build/$preset/configure.log" 2>&1 < /dev/null ||
    { tail -40 "build/$preset/configure.log" >&2; die "CMake could not configure (all of it: build/$preset/configure.log)"; }
  local ninja=(cmake --build "build/$preset" --)
  (( $# )) && ninja+=("$@")
  if [[ -t 1 ]]; then
    "${ninja[@]}" < /dev/null || die "the build failed"
  else
    "${ninja[@]}" < /dev/null 2>&1 | seldom || die "the build failed"
  fi
}

# Of ninja's lines about steps that went well, passes one every twenty seconds; of the others, all.
seldom() {
  local line step steps next=0
  while IFS= read -r line; do
    if [[ "$line" =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
      step=${BASH_REMATCH[1]} steps=${BASH_REMATCH[2]}
      (( step > 0 && (SECONDS >= next || step == steps) )) || continue
      printf '    %3d %% (%d of %d)\n' $((100 * step / steps)) "$step" "$steps"
      next=$((SECONDS + 20))
    elif [[ "$line" != "ninja: Entering"* && "$line" != "ninja: no work"* ]]; then
      printf '%s\n' "$line"
    fi
  done
}
