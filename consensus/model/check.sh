#!/usr/bin/env bash
# Checks the models: what must hold holds in every reachable state within the bounds, and with one rule taken away the
# checker finds how it breaks. Needs spin 6.5 and a C compiler; see README.md.
#
#   ./check.sh                 all cases; JOBS=2 at a time, MEMORY_MB=10000 each at most
#   ./check.sh NAME...         these cases
#   ./check.sh --tell NAME     the counterexample of a case, shortened and told in words
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
JOBS=${JOBS:-2}
MEMORY_MB=${MEMORY_MB:-10000}

# name | what the checker must say: holds, or the claim that it breaks | model | settings
CASES='
votes-on-disk              | holds             | certificates | -DTERMS=3 -DHEIGHTS=2
votes-more-terms           | holds             | certificates | -DTERMS=4 -DHEIGHTS=3 -DINSTANT_DISK
joint-change               | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT
joint-change-more-terms    | holds             | membership   | -DTERMS=3 -DHEIGHTS=2 -DINSTANT_DISK -DJOINT
joint-change-on-disk       | holds             | membership   | -DTERMS=2 -DHEIGHTS=2 -DJOINT
simple-addition            | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DC_OLD=7 -DC_NEW=15
simple-removal             | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DC_OLD=15 -DC_NEW=7
hash-only-votes            | agreement         | certificates | -DTERMS=4 -DHEIGHTS=2 -DINSTANT_DISK -DHASH_ONLY_VOTES -DAGREEMENT_ONLY
votes-for-inherited-blocks | agreement         | certificates | -DTERMS=4 -DHEIGHTS=2 -DINSTANT_DISK -DVOTES_FOR_INHERITED_BLOCKS -DAGREEMENT_ONLY
vote-before-disk           | agreement         | certificates | -DTERMS=2 -DHEIGHTS=1 -DVOTE_BEFORE_DISK -DAGREEMENT_ONLY
vote-for-last-block-only   | exactness         | certificates | -DTERMS=2 -DHEIGHTS=2 -DVOTE_FOR_LAST_BLOCK_ONLY
grant-for-any-position     | completeness      | certificates | -DTERMS=2 -DHEIGHTS=1 -DGRANT_FOR_ANY_POSITION
lead-before-disk           | one_leader_a_term | certificates | -DTERMS=2 -DHEIGHTS=1 -DLEAD_BEFORE_DISK
no-barrier                 | chain_decides     | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DNO_BARRIER
joint-is-either            | one_leader_a_term | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DJOINT_IS_EITHER
joint-is-union             | one_leader_a_term | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DJOINT_IS_UNION -DC_OLD=1 -DC_NEW=14
last-config-only           | chain_decides     | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DLAST_CONFIG_ONLY
learn-after-append         | one_leader_a_term | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DLEARN_AFTER_APPEND
'
DEPTH_MAX=5000000 # steps in a run; a search that reaches it is not exhaustive and does not count as one

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

field() { cut -d'|' -f"$1" | xargs; }
names() { grep '|' <<<"$CASES" | field_of_each; }
field_of_each() { while read -r name _; do echo "$name"; done; }
case_of() { grep "^$1 " <<<"$CASES" || { echo "no case $1" >&2; exit 2; }; }

# Makes the checker of a case in its own directory.
build() {
  local line model settings
  line=$(case_of "$1"); model=$(field 3 <<<"$line"); settings=$(field 4 <<<"$line")
  mkdir -p "$work/$1"; cp "$here"/*.pml "$work/$1"; cd "$work/$1"
  # shellcheck disable=SC2086 # settings are words
  spin -a $settings "$model.pml" >spin.txt 2>&1
  if [ -s spin.txt ]; then cat spin.txt >&2; return 1; fi
  gcc -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE -DMEMLIM="$MEMORY_MB" -o pan pan.c
}

# Runs one case; the verdict goes to its file `result`.
check() {
  local expected found states seconds verdict=FAILED
  expected=$(field 2 <<<"$(case_of "$1")")
  cd "$work/$1"
  SECONDS=0
  ./pan -m$DEPTH_MAX -w26 -n >pan.txt 2>&1 || true
  seconds=$SECONDS
  found=$(sed -n 's/^pan:1: assertion violated \([a-z_]*\) .*/\1/p' pan.txt)
  states=$(awk '/states, stored/ { print $1; exit }' pan.txt)
  if [ -z "$found" ] && grep -q 'errors: 0' pan.txt && ! grep -qE 'not completed|too small|max search depth' pan.txt
  then found=holds; fi
  [ "$found" = "$expected" ] && verdict=passed
  printf '%-7s %-27s expected %-18s found %-18s %11s states %5d s\n' \
    "$verdict" "$1" "$expected" "${found:-nothing}" "${states:-0}" "$seconds" | tee result
}

tell() {
  local line depth model settings
  line=$(case_of "$1"); model=$(field 3 <<<"$line"); settings=$(field 4 <<<"$line")
  build "$1"
  depth=$DEPTH_MAX
  while ./pan -m"$depth" -w24 -n >pan.txt 2>&1; grep -q 'pan:1: assertion' pan.txt; do
    mv "$model.pml.trail" shortest
    depth=$(sed -n 's/^pan:1: .*depth \([0-9]*\))/\1/p' pan.txt)
  done
  [ -e shortest ] || { echo "$1 has no counterexample"; return; }
  mv shortest "$model.pml.trail"
  # shellcheck disable=SC2086
  spin -t $settings "$model.pml" | sed -n 's/^ *\(node [0-9].*\)/\1/p'
  sed -n 's/^/broken: /p' <<<"$(field 2 <<<"$line")"
}

if [ "${1:-}" = --tell ]; then tell "$2"; exit; fi

[ $# -gt 0 ] || mapfile -t all < <(names)
for name in "${@:-${all[@]}}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
  (build "$name" && check "$name") &
done
wait
passed=$(cat "$work"/*/result | grep -c ^passed || true)
total=$(find "$work" -mindepth 1 -maxdepth 1 -type d | wc -l)
echo "$passed passed, $((total - passed)) failed"
[ "$passed" -eq "$total" ]
