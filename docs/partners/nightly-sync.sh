#!/bin/sh
# Keeps the members of a workspace in step with a file of all people, such as a personnel system exports it: people are
# invited, updated and deactivated, and nobody who has not changed is touched. For cron, with curl alone.
#
#   USHER_URL=https://usher.example.org USHER_KEY=ush_live_… USHER_WORKSPACE=wsp_… nightly-sync.sh people.csv
#
# The file has at least the columns "external id" and "email". The key needs MEMBERS_VIEW, MEMBERS_INVITE, MEMBERS_IMPORT,
# MEMBERS_UPDATE and MEMBERS_DEACTIVATE. Exit codes: 0 in step; 1 it failed; 3 rows were rejected, which rejected.csv holds
# with their reasons; 4 too many people would be deactivated, and nothing was done.
set -eu

# graphql DOCUMENT VARIABLES prints the answer, or fails with it.
graphql() {
  answer=$(curl -sS --fail-with-body --retry 3 "$USHER_URL/graphql" -H "Authorization: Bearer $USHER_KEY" \
    -H 'Content-Type: application/json' -d "{\"query\":\"$1\",\"variables\":$2}") || { printf '%s\n' "$answer" >&2; exit 1; }
  check "$answer"
}

# check prints an answer, or fails with it when it holds errors.
check() {
  case $1 in
  *'"errors":'*) printf '%s\n' "$1" >&2; exit 1 ;;
  esac
  printf '%s\n' "$1"
}

# field NAME prints the value of a field of the answer on standard input: a text or a number.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

# An upload is a request of several parts: the operation, which part stands for which variable, the file.
answer=$(curl -sS "$USHER_URL/graphql" -H "Authorization: Bearer $USHER_KEY" -H 'GraphQL-Require-Preflight: 1' \
  -F operations='{"query":"mutation($input: CreateImportInput!) { createImport(input: $input) { import { id } } }",
    "variables":{"input":{"workspaceId":"'"$USHER_WORKSPACE"'","action":"INVITE","existing":"UPDATE",
      "content":{"file":null},"sync":{"source":"hr","mirror":true}}}}' \
  -F map='{"0":["variables.input.content.file"]}' -F "0=@$1")
id=$(check "$answer" | field id)

# await STATUS… prints the answer once the import has none of the statuses.
await() {
  while :; do
    answer=$(graphql 'query($id: ID!) { node(id: $id) { ... on Import { status failure rejectedUrl counts { deactivate error } options { sync { leaverLimit } } } } }' \
      "{\"id\":\"$id\"}")
    status=$(printf '%s' "$answer" | field status)
    case " $* " in *" $status "*) sleep 1 ;; *) break ;; esac
  done
  [ "$status" != FAILED ] || { printf '%s' "$answer" | field failure >&2; exit 1; }
}

await PREVIEWING
leavers=$(printf '%s' "$answer" | field deactivate)
if [ "$leavers" -gt "$(printf '%s' "$answer" | field leaverLimit)" ]; then
  echo "$leavers people would be deactivated. Check the file, then start the import $id in the console." >&2
  exit 4
fi
graphql 'mutation($input: StartImportInput!) { startImport(input: $input) { import { id } } }' \
  "{\"input\":{\"importId\":\"$id\"}}" >/dev/null
await RUNNING SCHEDULED PAUSED

if [ "$(printf '%s' "$answer" | field error)" -gt 0 ]; then
  # A URL of a download is signed for a person; a key sends its header to it.
  curl -sS --fail -H "Authorization: Bearer $USHER_KEY" "$(printf '%s' "$answer" | field rejectedUrl)" -o rejected.csv
  echo "rejected.csv holds the rejected rows" >&2
  exit 3
fi
