"""Invites the people whom a personnel system has hired, and tells who has accepted. For Python 3, without packages.

    USHER_URL=https://usher.example.org USHER_KEY=ush_live_… USHER_WORKSPACE=wsp_… python3 joiners.py joiners.csv state.json

joiners.csv has the columns id, email, first_name and last_name. state.json is the script's own: it holds where the log of
events was left. The key needs MEMBERS_VIEW, MEMBERS_INVITE and AUDIT_VIEW. A run that was cut off can be repeated: nobody is
emailed twice. Exit codes: 0 all are invited; 3 some were refused, each told on standard error.
"""

import csv
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request


def graphql(query, variables, idempotency_key=None):
    """Sends one request, again after 2, 4 and 8 seconds if the server or the network fails."""
    headers = {"Authorization": "Bearer " + os.environ["USHER_KEY"], "Content-Type": "application/json"}
    if idempotency_key:
        # With it, an answer that was lost is answered again instead of being done twice.
        headers["Idempotency-Key"] = idempotency_key
    body = json.dumps({"query": query, "variables": variables}).encode()
    for pause in (2, 4, 8, None):
        request = urllib.request.Request(os.environ["USHER_URL"] + "/graphql", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            if error.code in (429, 500, 502, 503, 504) and pause:
                time.sleep(float(error.headers.get("Retry-After") or pause))
                continue
            answer = json.load(error)
        except urllib.error.URLError:
            if not pause:
                raise
            time.sleep(pause)
            continue
        if answer.get("errors"):
            raise SystemExit(" ".join(error["message"] for error in answer["errors"]))
        return answer["data"]


def invite(people):
    """Invites up to 500 people, and returns how many were refused."""
    data = graphql(
        """mutation($input: InviteUsersInput!) {
          inviteUsers(input: $input) { outcomes { input status message error { code } } }
        }""",
        {"input": {"workspaceId": os.environ["USHER_WORKSPACE"], "people": people}},
        # The same people get the same key, so that a repeated run repeats no request.
        hashlib.sha256(json.dumps(people, sort_keys=True).encode()).hexdigest(),
    )
    refused = 0
    for outcome in data["inviteUsers"]["outcomes"]:
        if outcome["error"]:
            print(outcome["input"] + ":", outcome["message"], file=sys.stderr)
            refused += 1
        else:
            print(outcome["input"] + ":", outcome["status"])
    return refused


def accepted(cursor):
    """Prints who has accepted since the cursor, and returns where to go on."""
    while True:
        page = graphql(
            """query($id: ID!, $after: String) {
              workspace(id: $id) {
                events(first: 100, after: $after, types: [INVITATION_ACCEPTED]) {
                  nodes { at object { ... on Invitation { email externalId } } }
                  endCursor hasNextPage
                }
              }
            }""",
            {"id": os.environ["USHER_WORKSPACE"], "after": cursor},
        )["workspace"]["events"]
        for event in page["nodes"]:
            # Null once the invitation was erased.
            if event["object"]:
                print(event["object"]["externalId"] or event["object"]["email"], "accepted at", event["at"])
        cursor = page["endCursor"]
        if not page["hasNextPage"]:
            return cursor


def main(file, state_file):
    with open(file, newline="", encoding="utf-8-sig") as rows:
        people = [
            {"externalId": row["id"], "email": row["email"], "firstName": row["first_name"], "lastName": row["last_name"]}
            for row in csv.DictReader(rows)
        ]
    refused = sum(invite(people[i : i + 500]) for i in range(0, len(people), 500))
    state = {}
    if os.path.exists(state_file):
        with open(state_file, encoding="utf-8") as stored:
            state = json.load(stored)
    # Stored after the events are printed: a run that is cut off prints them again and misses none.
    state["cursor"] = accepted(state.get("cursor"))
    with open(state_file, "w", encoding="utf-8") as stored:
        json.dump(state, stored)
    return 3 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
