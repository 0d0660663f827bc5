#!/usr/bin/env bash
# The guides of docs/walkthrough.md with curl: log in, liveness, matching, single request, Instant, collections, metadata.
#
#   OZMA_URL=http://127.0.0.1:8080 OZMA_EMAIL=... OZMA_PASSWORD=... docs/walkthrough.sh
#
# Run from the root of the repository, where samples/ is. The user must be allowed to delete folders (ADMIN or CLIENT_ADMIN).
set -euo pipefail

URL=${OZMA_URL:-http://127.0.0.1:8080}

# field PATH: a value of the JSON on standard input; PATH is a.0.b.
field() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    value = value[int(step) if step.isdigit() else step]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

# ask METHOD PATH CURL-ARGUMENTS...: the answer's body; fails on any refusal, after showing it.
ask() {
  local answer
  if ! answer=$(curl --silent --show-error --fail-with-body --max-time 90 --request "$1" "$URL$2" \
    --header "X-Forensic-Access-Token: ${TOKEN:-}" "${@:3}"); then
    printf '%s %s was refused: %s\n' "$1" "$2" "$answer" >&2
    return 1
  fi
  printf '%s' "$answer"
}

# await ANALYSIS: its body once it has ended.
await() {
  local answer
  for _ in {1..120}; do
    answer=$(ask GET "/api/analyses/$1")
    [[ $(field state <<< "$answer") == PROCESSING ]] || { printf '%s' "$answer"; return; }
    sleep 0.5
  done
  echo "analysis $1 takes too long" >&2
  return 1
}

# [log-in]
LOGIN=$(ask POST /api/authorize/auth --header 'Content-Type: application/json' \
  --data "{\"credentials\": {\"email\": \"$OZMA_EMAIL\", \"password\": \"$OZMA_PASSWORD\"}}")
TOKEN=$(field access_token <<< "$LOGIN")
echo "logged in as $(field user.user_type <<< "$LOGIN")"

# [liveness]
FOLDER=$(ask POST /api/folders/ \
  --form video1=@samples/video.mp4 \
  --form 'payload={"media:tags": {"video1": ["video_selfie", "video_selfie_blank", "orientation_portrait"]}}')
FOLDER_ID=$(field folder_id <<< "$FOLDER")
STARTED=$(ask POST "/api/folders/$FOLDER_ID/analyses/" --data '{"analyses": [{"type": "quality"}]}')
ANALYSIS=$(await "$(field 0.analysis_id <<< "$STARTED")")
echo "liveness: $(field resolution <<< "$ANALYSIS"), $(field results_media.0.results_data.confidence_spoofing <<< "$ANALYSIS")"
BEST_SHOT=$(field results_media.0.output_images.0.original_url <<< "$ANALYSIS")
curl --silent --show-error --fail --header "X-Forensic-Access-Token: $TOKEN" --output "${OZMA_BEST_SHOT:-/dev/null}" "$BEST_SHOT"

# [matching]
MEDIA=$(ask POST "/api/folders/$FOLDER_ID/media/" --form reference=@samples/person-a-3.jpg \
  --form 'payload={"media:tags": {"reference": ["photo_id", "photo_id_front"]}}')
SOURCES="\"$(field media.0.media_id <<< "$FOLDER")\", \"$(field 0.media_id <<< "$MEDIA")\""
STARTED=$(ask POST "/api/folders/$FOLDER_ID/analyses/" --data "{\"analyses\": [{\"type\": \"biometry\", \"source_media\": [$SOURCES]}]}")
ANALYSIS=$(await "$(field 0.analysis_id <<< "$STARTED")")
echo "matching: $(field resolution <<< "$ANALYSIS"), $(field results_data.min_confidence <<< "$ANALYSIS")"

# [single]
SINGLE=$(ask POST /api/folders/ --form selfie=@samples/person-a-2.jpg --form reference=@samples/person-a-1.jpg \
  --form 'payload={"media:tags": {"selfie": ["photo_selfie"], "reference": ["photo_id", "photo_id_front"]}, "analyses": [{"type": "quality"}, {"type": "biometry"}]}')
echo "single request: $(field system_resolution <<< "$SINGLE")"

# [instant]
INSTANT=$(ask POST /api/instant/folders/ --form selfie=@samples/person-a-2.jpg \
  --form 'payload={"media:tags": {"selfie": ["photo_selfie"]}, "analyses": [{"type": "quality"}]}')
echo "instant: $(field system_resolution <<< "$INSTANT")"

# [collections]
LIST=$(ask POST /api/collections/ --data '{"alias": "Known fraud"}')
LIST_ID=$(field collection_id <<< "$LIST")
PERSON=$(ask POST "/api/collections/$LIST_ID/persons/" --form photo1=@samples/person-a-1.jpg \
  --form 'payload={"person:meta_data": {"case": "17"}}')
SEARCHED=$(ask POST /api/folders/ --form selfie=@samples/person-a-2.jpg \
  --form "payload={\"analyses\": [{\"type\": \"collection\", \"params\": {\"collection_id\": \"$LIST_ID\"}}]}")
FOUND=$(field analyses.0.results_media.0.collection_persons.0.person_id <<< "$SEARCHED")
echo "on the list: $(field system_resolution <<< "$SEARCHED"), $([[ $FOUND == "$(field person_id <<< "$PERSON")" ]] && echo yes || echo no)"
ask DELETE "/api/folders/$(field folder_id <<< "$SEARCHED")"
ask DELETE "/api/collections/$LIST_ID/persons/$FOUND"
ask DELETE "/api/collections/$LIST_ID"

# [metadata]
ask PATCH "/api/folders/$FOLDER_ID/meta_data/" --data '{"order": "1234", "shop": {"city": "Bern"}}' > /dev/null
FOUND=$(ask GET '/api/folders/?meta_data=order==1234,shop.city==Bern&limit=1')
echo "found by metadata: $([[ $(field items.0.folder_id <<< "$FOUND") == "$FOLDER_ID" ]] && echo yes || echo no)"

# [end]
ask DELETE "/api/folders/$FOLDER_ID/pi"
ask DELETE "/api/folders/$FOLDER_ID"
ask DELETE "/api/folders/$(field folder_id <<< "$SINGLE")"
ask DELETE /api/authorize/auth
echo "deleted, logged out"
