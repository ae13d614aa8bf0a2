#!/usr/bin/env bash
# Checks the models: what must hold holds in every reachable state within the bounds, and with one rule taken away the
# checker finds how it breaks. Needs spin 6.5 and a C compiler; see README.md.
#
#   ./check.sh                 all cases, a line each; exit 1 if one is not as expected
#   ./check.sh --short         those that take seconds
#   ./check.sh NAME...         these cases
#   ./check.sh --tell NAME     the shortest counterexample of a case, told in words
#
# JOBS=1 at a time, MEMORY_MB=7000 each at most.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
JOBS=${JOBS:-1}
MEMORY_MB=${MEMORY_MB:-7000}

# name | what the checker must say: holds, or the claim that it breaks | model | settings | short, or long
CASES='
votes-on-disk              | holds             | certificates | -DTERMS=2 -DHEIGHTS=3 | long
votes-on-disk-more-terms   | holds             | certificates | -DTERMS=3 -DHEIGHTS=1 | short
votes-more-terms           | holds             | certificates | -DTERMS=4 -DHEIGHTS=3 -DINSTANT_DISK | long
hash-only-votes            | agreement         | certificates | -DTERMS=4 -DHEIGHTS=2 -DINSTANT_DISK -DHASH_ONLY_VOTES -DAGREEMENT_ONLY | short
votes-for-inherited-blocks | agreement         | certificates | -DTERMS=4 -DHEIGHTS=2 -DINSTANT_DISK -DVOTES_FOR_INHERITED_BLOCKS -DAGREEMENT_ONLY | short
vote-before-disk           | agreement         | certificates | -DTERMS=2 -DHEIGHTS=1 -DVOTE_BEFORE_DISK -DAGREEMENT_ONLY | short
vote-for-last-block-only   | exactness         | certificates | -DTERMS=2 -DHEIGHTS=2 -DVOTE_FOR_LAST_BLOCK_ONLY | short
grant-for-any-position     | completeness      | certificates | -DTERMS=2 -DHEIGHTS=1 -DGRANT_FOR_ANY_POSITION | short
lead-before-disk           | one_leader_a_term | certificates | -DTERMS=2 -DHEIGHTS=1 -DLEAD_BEFORE_DISK | short
joint-change               | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT | long
joint-change-more-terms    | holds             | membership   | -DTERMS=3 -DHEIGHTS=2 -DINSTANT_DISK -DJOINT | long
joint-change-on-disk       | holds             | membership   | -DTERMS=2 -DHEIGHTS=2 -DJOINT -DNODES=3 -DC_OLD=3 -DC_NEW=5 | short
simple-addition            | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DC_OLD=7 -DC_NEW=15 | long
simple-removal             | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DC_OLD=15 -DC_NEW=7 | long
no-barrier                 | holds             | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DNO_BARRIER | long
blocks-before-certificate  | chain_decides     | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DBLOCKS_BEFORE_CERTIFICATE | short
joint-is-either            | one_leader_a_term | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DJOINT_IS_EITHER | short
joint-is-union             | one_leader_a_term | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DJOINT_IS_UNION -DC_OLD=1 -DC_NEW=14 | short
learn-after-append         | one_leader_a_term | membership   | -DTERMS=2 -DHEIGHTS=3 -DINSTANT_DISK -DJOINT -DLEARN_AFTER_APPEND | short
somebody-is-named          | holds             | evidence     | -DTERMS=4 -DHEIGHTS=3 | long
justified-grants           | holds             | evidence     | -DTERMS=3 -DHEIGHTS=2 -DJUSTIFICATIONS | short
justified-grants-more-terms | holds            | evidence     | -DTERMS=4 -DHEIGHTS=2 -DJUSTIFICATIONS | short
justified-by-any-term      | somebody_is_named | evidence     | -DTERMS=3 -DHEIGHTS=2 -DJUSTIFICATIONS -DJUSTIFIED_BY_ANY_TERM | short
justified-by-any-log       | somebody_is_named | evidence     | -DTERMS=3 -DHEIGHTS=2 -DJUSTIFICATIONS -DJUSTIFIED_BY_ANY_LOG | short
no-stale-grant             | somebody_is_named | evidence     | -DTERMS=3 -DHEIGHTS=2 -DNO_STALE_GRANT | short
no-double-grant            | somebody_is_named | evidence     | -DTERMS=3 -DHEIGHTS=2 -DNO_DOUBLE_GRANT | short
proposals-of-one-height    | somebody_is_named | evidence     | -DTERMS=3 -DHEIGHTS=2 -DPROPOSALS_OF_ONE_HEIGHT | short
leader-of-any-log          | somebody_is_named | evidence     | -DTERMS=3 -DHEIGHTS=2 -DLEADER_OF_ANY_LOG | short
nobody-honest              | holds             | honest       | -DTERMS=4 -DHEIGHTS=1 | short
nobody-honest-more-heights | holds             | honest       | -DTERMS=3 -DHEIGHTS=2 -DNOTHING_SHOWN | long
gone-forgotten             | no_stale_grant    | honest       | -DTERMS=3 -DHEIGHTS=2 -DGONE_FORGOTTEN | short
gone-not-on-disk           | no_stale_grant    | honest       | -DTERMS=3 -DHEIGHTS=2 -DGONE_NOT_ON_DISK | short
elects-without             | never_without     | honest       | -DTERMS=4 -DHEIGHTS=1 -DNEVER_WITHOUT | short
two-leaders-a-term         | no_double_vote    | honest       | -DTERMS=3 -DHEIGHTS=2 -DTWO_LEADERS_A_TERM | short
proposal-before-disk       | no_double_proposal | honest      | -DTERMS=2 -DHEIGHTS=2 -DLEAD_BEFORE_DISK | short
grant-before-disk          | no_double_grant   | honest       | -DTERMS=2 -DHEIGHTS=2 -DGRANT_BEFORE_DISK | short
'
DEPTH_MAX=1000000 # steps in a run; a search that reaches it is not exhaustive and does not count as one

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

all_cases() { grep '|' <<<"$CASES"; }
name_of() { while read -r name _; do echo "$name"; done; }
field_of() { # case, number
  local line
  line=$(all_cases | grep "^$1 ") || { echo "no case $1" >&2; exit 2; }
  cut -d'|' -f"$2" <<<"$line" | xargs
}

copy() { mkdir "$work/$1"; cp "$here"/*.pml "$work/$1"; }

# Makes the checker of a case in its own directory. Further arguments go to the compiler.
build() {
  local model
  model=$(field_of "$1" 3)
  cd "$work/$1"
  # shellcheck disable=SC2046 # settings are words
  spin -a $(field_of "$1" 4) "$model.pml" >spin.txt 2>&1
  if [ -s spin.txt ]; then cat spin.txt >&2; return 1; fi
  # Steps are atomic and touch shared state: there is nothing for partial-order reduction to find.
  gcc -O1 -w -DSAFETY -DNOREDUCE -DMEMLIM="$MEMORY_MB" "${@:2}" -o pan pan.c
}

# Runs one case; the verdict goes to its file `result`.
check() {
  local expected found states depth verdict=FAILED
  expected=$(field_of "$1" 2)
  cd "$work/$1"
  SECONDS=0
  ./pan -E -m$DEPTH_MAX -w26 -n >pan.txt 2>&1 || true
  found=$(sed -n 's/^pan:1: assertion violated \([a-z_]*\) .*/\1/p' pan.txt)
  states=$(awk '/states, stored/ { print $1; exit }' pan.txt)
  depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' pan.txt)
  if [ -z "$found" ] && grep -q 'errors: 0' pan.txt && ! grep -qE 'not completed|too small|max search depth' pan.txt
  then found=holds; fi
  [ "$found" = "$expected" ] && verdict=passed
  printf '%-7s %-27s expected %-18s found %-18s %9s states %6s deep %4d s\n' \
    "$verdict" "$1" "$expected" "${found:-nothing}" "${states:-0}" "${depth:-0}" "$SECONDS" | tee result
}

tell() {
  local model
  model=$(field_of "$1" 3)
  copy "$1"
  sed -i 's/^hidden //' "$work/$1"/*.pml # breadth first, to find the shortest, knows no scratch variables
  build "$1" -DBFS
  ./pan -E -w24 -n >pan.txt 2>&1 || true
  [ -e "$model.pml.trail" ] || { echo "$1 has no counterexample"; return; }
  # shellcheck disable=SC2046
  spin -t $(field_of "$1" 4) "$model.pml" | sed -nE 's/^ *((node|chain:|it) .*)/\1/p'
  echo "broken: $(field_of "$1" 2)"
}

case "${1:-}" in
  --tell) tell "$2"; exit ;;
  --short) mapfile -t chosen < <(all_cases | grep 'short$' | name_of) ;;
  '') mapfile -t chosen < <(all_cases | name_of) ;;
  *) chosen=("$@") ;;
esac

for name in "${chosen[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
  (copy "$name" && build "$name" && check "$name") &
done
wait
passed=$(cat "$work"/*/result 2>/dev/null | grep -c ^passed || true)
echo "$passed passed, $((${#chosen[@]} - passed)) failed"
[ "$passed" -eq "${#chosen[@]}" ]
