"""What schemathesis sends to the persistent API: ids of objects that are there beside random ones, and real pictures beside random
bytes, so that it sees the answers to good requests, too."""
import os
import sys
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import sample

IDS = {f"{name}_id": os.environ[f"OZMA_{name.upper()}"] for name in ("folder", "media", "analysis", "user", "company", "collection", "person")}
FACES = [sample(name) for name in ("person-a-1.jpg", "person-b-1.jpg")]

for kind in ("image/jpeg", "image/png", "image/jpeg, image/png"):
    schemathesis.openapi.media_type(kind, st.sampled_from(FACES) | st.binary())


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Real ids for half of the calls, but for those that delete."""
    if path_parameters and context.operation.method.upper() != "DELETE":
        for name, known in IDS.items():
            given = str(path_parameters.get(name, ""))
            if given and sum(given.encode()) % 2:
                path_parameters[name] = known
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Companies and users belong to a company that is there."""
    if isinstance(body, dict) and isinstance(body.get("company_id"), str) and sum(body["company_id"].encode()) % 2:
        body["company_id"] = IDS["company_id"]
    return body


@schemathesis.deserializer("application/octet-stream")
def read_bytes(_context, response):
    return response.content.decode("latin-1")
