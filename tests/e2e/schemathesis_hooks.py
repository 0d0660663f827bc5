"""What schemathesis sends where the API wants pictures and templates: real ones beside random bytes, so that it sees the
answers to good requests, too; and how it reads answers that are not JSON."""
import os
import sys
import urllib.request
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import Answer, sample, values_of


def template_of(face):
    request = urllib.request.Request(os.environ["OZMA_URL"] + "/v1/face/pattern/extract", face, {"Content-Type": "image/jpeg"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


FACES = [sample(name) for name in ("person-a-1.jpg", "person-b-1.jpg")]
TEMPLATES = [template_of(face) for face in FACES]

for kind in ("image/jpeg", "image/png"):
    schemathesis.openapi.media_type(kind, st.sampled_from(FACES) | st.binary())
schemathesis.openapi.media_type("application/octet-stream", st.sampled_from(TEMPLATES) | st.binary())


@schemathesis.deserializer("application/octet-stream")
def read_template(_context, response):
    return response.content.decode("latin-1")


@schemathesis.deserializer("multipart/form-data")
def read_form(_context, response):
    headers = {name.lower(): values[0] for name, values in response.headers.items()}
    return values_of(Answer(response.status_code, headers, response.content))
