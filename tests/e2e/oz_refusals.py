"""What must be refused, with its code: tokens, methods, objects, bodies, values."""
import json
import re
import secrets
import uuid

from harness import check, equal
from oz import Client, NOBODY, PASSWORD, TOKEN, biometry, quality, refused

SEEN = set()  # (database, code)
PHOTO = [("a", "person-a-1.jpg")]


def no(answer, status, code):
    message = refused(answer, status, code)
    check("\n" not in message and "exception" not in message.lower(), message)
    SEEN.add(code)
    return message


def operations(world, needs_token=True):
    """(method, path with unknown ids) of every call that needs a token."""
    for path, method, operation in world.server.contract.operations():
        if (operation.get("security") is None) == needs_token:
            yield method.upper(), re.sub(r"\{\w+\}", NOBODY, path)


def test_1_wrong_method(world):
    for path, item in world.server.contract.document["paths"].items():
        path = re.sub(r"\{\w+\}", NOBODY, path)
        for method in {"put", "patch", "delete", "post"} - set(item):
            answer = world.admin.call(method.upper(), path)
            no(answer, 405, 1)
            check(method.upper() not in answer.headers["allow"], "Allow")


def test_2_not_switched_on(world):
    folder = world.user().folder(PHOTO)
    no(world.user().call("POST", f"/api/folders/{folder['folder_id']}/analyses/", {"analyses": [{"type": "documents"}]}), 501, 2)


def test_6_no_token(world):
    for method, path in operations(world):
        no(world.nobody.call(method, path), 401, 6)


def test_7_unknown_token(world):
    for method, path in operations(world):
        if not path.endswith("refresh"):
            no(Client(world.server, "a" * 40).call(method, path, {} if method in ("POST", "PATCH") else None), 401, 7)


def test_7_tokens_that_are_none(world):
    head, body, signature = world.admin.token.split(".")
    for token in ("x", "x" * 7000, "..", f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA", f"eyJhbGciOiJub25lIn0.{body}.", "\u00e9".encode().decode("latin-1"),
                  world.admin.tokens["expire_token"], "' OR 1=1 --"):
        no(Client(world.server, token).call("GET", "/api/folders/"), 401, 7)


def test_9_forbidden(world):
    someone, company = world.user(), world.company()
    folder = someone.folder(PHOTO)
    made = world.user("CLIENT_ADMIN").post("/api/collections/", {"alias": "not for everybody"})
    for method, path, body in (("POST", "/api/collections/", {"alias": "x"}), ("DELETE", f"/api/collections/{made['collection_id']}", None),
                               ("POST", f"/api/collections/{made['collection_id']}/persons/", None), ("DELETE", f"/api/folders/{folder['folder_id']}", None), ("DELETE", f"/api/media/{folder['media'][0]['media_id']}", None),
                               ("PATCH", f"/api/companies/{company}", {"name": "x"}), ("DELETE", f"/api/companies/{company}", None),
                               ("POST", "/api/companies/", {"name": "x"}), ("GET", "/api/audit/", None),
                               ("PATCH", f"/api/users/{someone.id}", {"user_type": "ADMIN"}), ("POST", "/api/authorize/service_token/", None)):
        no(someone.call(method, path, body), 403, 9)


def test_9_nobody_makes_itself_more(world):
    """A role or a company is given from above only."""
    boss, someone = world.user("CLIENT_ADMIN"), world.user("CLIENT", "a", "climber")
    for change in ({"user_type": "CLIENT_ADMIN"}, {"is_admin": True}, {"is_service": True}, {"can_start_analysis_quality": True, "user_type": "ADMIN"},
                   {"is_active": True, "company_id": world.company("b"), "user_type": "OPERATOR"}):
        answer = someone.call("PATCH", f"/api/users/{someone.id}", change)
        now = world.admin.get(f"/api/users/{someone.id}")
        equal((now["user_type"], now["company_id"], now["is_admin"]), ("CLIENT", world.company(), False), f"after {change} ({answer.status})")
    for role in ("ADMIN", "OPERATOR"):
        body = {"email": secrets.token_hex(6) + "@ozma.example", "password": PASSWORD, "first_name": "A", "last_name": "B", "user_type": role}
        no(boss.call("POST", "/api/users/", body), 403, 9)
        no(boss.call("PATCH", f"/api/users/{someone.id}", {"user_type": role}), 403, 9)


def test_10_no_such_object(world):
    for method, path in operations(world):
        if NOBODY not in path:
            continue
        for object_id in (NOBODY, str(uuid.uuid4()), "x", "0", "a'b", "%2e%2e", NOBODY + "0"):
            answer = world.admin.call(method, path.replace(NOBODY, object_id), {"new_password": "another horse 8", "time": 1, "analyses": [quality()]}
                                      if method in ("POST", "PATCH") else None)
            no(answer, 404, 10)


def test_10_no_such_path(world):
    for path in ("/", "/api", "/api/", "/api/nothing", "/api/folders/x/y/z", "/api/users//x", "/api/statistics", "/v1/face/liveness/health"):
        no(world.admin.call("GET", path, hold=False), 404, 10)


def test_13_taken(world):
    world.company()
    no(world.admin.call("POST", "/api/companies/", {"name": "Company a"}), 400, 13)
    world.admin.post("/api/collections/", {"alias": "taken"})
    no(world.admin.call("POST", "/api/collections/", {"alias": "taken"}), 400, 13)
    someone, other = world.user(), world.new_user()
    body = {"email": someone.user["email"].upper(), "password": PASSWORD, "first_name": "A", "last_name": "B", "user_type": "CLIENT", "company_id": world.company()}
    no(world.admin.call("POST", "/api/users/", body), 400, 13)
    no(world.admin.call("PATCH", f"/api/users/{other['user_id']}", {"email": someone.user["email"]}), 400, 13)


def test_15_wrong_login(world):
    messages = {no(world.nobody.call("POST", "/api/authorize/auth", {"credentials": {"email": email, "password": password}}), 401, 15)
                for email, password in (("nobody@ozma.example", PASSWORD), (world.user().user["email"], "wrong"), ("", ""), ("x" * 300, "y" * 5000))}
    equal(len(messages), 1, "an unknown email and a wrong password are told alike")


def test_1401_blocked(world):
    someone = world.log_in(world.new_user()["email"])
    world.admin.patch(f"/api/users/{someone.id}", {"is_active": False})
    no(someone.call("GET", "/api/folders/"), 401, 1401)


WANTS_OBJECT = ("/api/authorize/auth", "/api/authorize/refresh", "/api/companies/", "/api/users/")


def test_3_bodies_that_are_no_json(world):
    folder_id = world.admin.folder()["folder_id"]
    for path in (*WANTS_OBJECT, f"/api/folders/{folder_id}/analyses/", f"/api/folders/{folder_id}/meta_data/"):
        for body in (b"{", b"[1, 2", b"nope", b"{'a': 1}", b'{"a": 1} x', b"\xff\xfe", b'{"a": NaN}', b"[" * 5000):
            no(world.admin.call("POST", path, body), 400, 3)


def test_3_or_5_bodies_that_are_no_object(world):
    for path in WANTS_OBJECT:
        for body in (b"[]", b"1", b'"x"', b"null"):
            answer = world.admin.call("POST", path, body)
            check(answer.status == 400 and answer.json["error_code"] in (3, 5), f"{path} {body}: {answer.body!r}")


def test_3_missing_fields(world):
    user = {"email": "q@ozma.example", "password": PASSWORD, "first_name": "A", "last_name": "B", "user_type": "CLIENT"}
    for field in user:
        body = {key: value for key, value in user.items() if key != field}
        message = no(world.admin.call("POST", "/api/users/", body), 400, 3)
        equal(message, f"Could not locate field for key_path {field} from provided dict data", "message")
    no(world.admin.call("POST", "/api/companies/", {}), 400, 3)
    for body in ({}, {"credentials": {}}, {"credentials": {"email": "a"}}, {"credentials": None}):
        no(world.nobody.call("POST", "/api/authorize/auth", body), 400, 3)


def test_5_wrong_types(world):
    someone = world.user()
    for body in ({"credentials": "x"}, {"credentials": {"email": 1, "password": "x"}}, {"credentials": {"email": "a", "password": []}}):
        no(world.nobody.call("POST", "/api/authorize/auth", body), 400, 5)
    no(world.admin.call("POST", "/api/companies/", {"name": 7}), 400, 5)
    for change in ({"is_active": "yes"}, {"first_name": 1}, {"meta_data": []}, {"can_start_analysis_quality": 1}):
        no(world.admin.call("PATCH", f"/api/users/{someone.id}", change), 400, 5)
    folder_id = someone.folder()["folder_id"]
    for change in ({"user_id": 1}, {"is_archive": "x"}, {"operator_comment": {}}, {"resolution_endpoint": []}):
        no(world.admin.call("PATCH", f"/api/folders/{folder_id}", change), 400, 5)


def test_4_wrong_values(world):
    for name in ("", " ", "x" * 1000):
        no(world.admin.call("POST", "/api/companies/", {"name": name}), 400, 4)
    user = {"email": "q@ozma.example", "password": PASSWORD, "first_name": "A", "last_name": "B", "user_type": "CLIENT", "company_id": world.company()}
    for change in ({"password": "short"}, {"password": "x" * 5000}, {"email": "no address"}, {"email": "x" * 400 + "@a.example"}, {"user_type": "KING"},
                   {"first_name": ""}, {"first_name": "x" * 5000}):
        no(world.admin.call("POST", "/api/users/", {**user, **change}), 400, 4)
    no(world.admin.call("PATCH", f"/api/users/{world.user().id}", {"password": "another horse 8"}), 400, 4)
    answer = world.admin.call("POST", "/api/users/", {**user, "company_id": NOBODY})
    check((answer.status, answer.json["error_code"]) in ((404, 10), (400, 4)), f"an unknown company: {answer.body!r}")


def test_metadata_has_bounds(world):
    someone = world.user()
    folder_id = someone.folder()["folder_id"]
    path = f"/api/folders/{folder_id}/meta_data/"
    deep = {}
    for _ in range(20):
        deep = {"a": deep}
    for body in ({"a": "x" * 70000}, deep):
        for method in ("POST", "PATCH"):
            no(someone.call(method, path, body), 400, 4)
    equal(someone.get(path), {}, "unchanged")
    for _ in range(3):
        someone.call("PATCH", path, {secrets.token_hex(4): "x" * 30000})
    check(len(json.dumps(someone.get(path))) < 66000, "not by small steps either")
    no(someone.call("POST", path, {"a": "x" * (9 << 20)}), 400, 4)


def test_nul_and_odd_texts(world):
    """PostgreSQL stores no U+0000; nothing may fail because of it, nor because of lone surrogates."""
    someone = world.user()
    folder_id = someone.folder()["folder_id"]
    for body in (b'{"a": "x\\u0000y"}', b'{"a\\u0000": 1}', '{"a": "\U0001f600 \u202e"}'.encode(), b'{"a": "\\ud800"}'):
        answer = someone.call("POST", f"/api/folders/{folder_id}/meta_data/", body)
        check(answer.status in (200, 400), f"{body}: {answer.body!r}")
    for query in ("search_text=%00", "meta_data=a==%00", "folder_id=%00", "search_text=%ff", "sorting=%00"):
        check(someone.call("GET", "/api/folders/?" + query).status in (200, 400), query)
    answer = someone.send("/api/folders/", [("a", "\u202ename\u0001.jpg", oz_sample())])
    check(answer.status in (201, 400), f"{answer.body!r}")


def oz_sample():
    from harness import sample
    return sample("person-a-1.jpg")


def test_analysis_requests(world):
    someone = world.user()
    folder, other = someone.folder(PHOTO), someone.folder(PHOTO)
    path = f"/api/folders/{folder['folder_id']}/analyses/"
    foreign = other["media"][0]["media_id"]
    for body in (None, {}, {"analyses": []}, {"analyses": None}, {"analyses": [{}]}):
        no(someone.call("POST", path, body), 400, 3)
    for entry in ("quality", {"type": 1}, {"type": "quality", "source_media": "x"}, {"type": "quality", "source_media": [1]},
                  {"type": "quality", "params": []}, {"type": "quality", "params": {"threshold_spoofing": "0.5"}},
                  {"type": "quality", "params": {"extract_best_shot": 1}}, {"type": "biometry", "params": {"threshold_min": True}}):
        no(someone.call("POST", path, {"analyses": [entry]}), 400, 5)
    no(someone.call("POST", path, {"analyses": {"type": "quality"}}), 400, 5)
    for entry in ({"type": "magic"}, {"type": ""}, quality(params={"threshold_spoofing": 1.01}), quality(params={"threshold_replay": -0.1}),
                  biometry(params={"threshold_min": 0.9, "threshold_max": 0.1}), biometry(params={"threshold_max": 7})):
        no(someone.call("POST", path, {"analyses": [entry]}), 400, 4)
    no(someone.call("POST", path, {"analyses": [quality()] * 500}), 400, 4)
    for source in (foreign, NOBODY, "x"):
        no(someone.call("POST", path, {"analyses": [quality(source_media=[source])]}), 404, 10)
    no(someone.call("POST", path, {"analyses": [quality(), {"type": "magic"}]}), 400, 4)
    equal(someone.get(path), [], "a refused request starts nothing")
    equal(someone.get(f"/api/folders/{folder['folder_id']}")["resolution_status"], "INITIAL", "folder")


def test_decisions(world):
    operator = world.user("CLIENT_OPERATOR")
    folder = operator.folder(PHOTO, {"analyses": [quality()]})
    path = f"/api/analyses/{folder['analyses'][0]['analysis_id']}"
    for value, code in (("PROCESSING", 4), ("success", 4), (1, 5)):
        no(operator.call("PATCH", path, {"resolution_operator": value}), 400, code)


def every_code_was_seen(_world):
    """101 and 8 need a server set up for them, and are with those; 0, 11 and 12 are faults of ours."""
    equal({1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 14, 15, 1401} - SEEN, set(), "codes that no test met")
