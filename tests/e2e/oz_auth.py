"""Logging in, sessions, tokens, passwords."""
import base64
import json

from harness import check, equal
from oz import ADMIN, Client, NOBODY, PASSWORD, TOKEN, refused


def payload_of(token):
    """What a JWT (RFC 7519) says."""
    head, body, signature = token.split(".")
    check(head and signature, "a signed token")
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def login(world, email, password=PASSWORD):
    return world.nobody.call("POST", "/api/authorize/auth", {"credentials": {"email": email, "password": password}})


def test_token_pair(world):
    answer = login(world, ADMIN)
    pair = answer.json
    equal(list(pair)[:5], ["token_id", "session_id", "expire_date", "access_token", "expire_token"], "order of keys")
    equal(pair["session_id"], pair["token_id"], "session_id")
    said = payload_of(pair["access_token"])
    equal(said["token_id"], pair["token_id"], "token_id of the payload")
    check(abs(said["exp"] - pair["expire_date"]) < 2, "exp is the expiry at issue")
    equal(pair["user"]["email"], ADMIN, "user")
    # Clients cut the token out of the text: the eighth word is the token, three values without a space before it.
    equal(answer.body.decode().split()[7].strip('",'), pair["access_token"], "word 8 of the answer")
    check(answer.body.startswith(b'{"token_id": "'), "separators")


def test_email_in_any_case(world):
    equal(login(world, ADMIN.upper()).status, 200, "status")


def test_lifetime(world):
    pair = world.log_in(world.new_user()["email"]).tokens
    created = world.admin.get(f"/api/sessions/{pair['token_id']}")["time_created"]
    check(abs(pair["expire_date"] - created - 900) < 5, f"expires {pair['expire_date'] - created} s after it began")


def test_other_spelling_of_the_header(world):
    answer = world.nobody.call("GET", "/api/folders/", headers={"X-Forensics-Access-Token": world.admin.token})
    equal(answer.status, 200, "status")


def test_refresh(world):
    old = world.log_in(world.new_user()["email"])
    fresh = old.post("/api/authorize/refresh", {"expire_token": old.tokens["expire_token"]}, 200)
    check(fresh["token_id"] != old.tokens["token_id"] and fresh["access_token"] != old.token, "another pair")
    equal(old.call("GET", "/api/folders/").status, 200, "the old pair before the new is used")
    new = Client(world.server, fresh["access_token"], fresh["user"])
    equal(new.call("GET", "/api/folders/").status, 200, "the new pair")
    refused(old.call("GET", "/api/folders/"), 401, 7)
    equal(new.call("GET", "/api/folders/").status, 200, "the new pair after the old has gone")


def test_refresh_errors(world):
    one, other = (world.log_in(world.new_user()["email"]) for _ in range(2))
    message = refused(one.call("POST", "/api/authorize/refresh", {}), 400, 3)
    equal(message, "Could not locate field for key_path expire_token from provided dict data", "message")
    unknown = Client(world.server, "no-such-token")
    message = refused(unknown.call("POST", "/api/authorize/refresh", {"expire_token": "x"}), 401, 7)
    check("Session not found" in message, message)
    message = refused(one.call("POST", "/api/authorize/refresh", {"expire_token": other.tokens["expire_token"]}), 403, 9)
    check("You have not access to refresh this session" in message, message)


def test_restore(world):
    someone = world.log_in(world.new_user()["email"])
    restored = someone.get("/api/authorize/auth_restore")
    equal((restored["token_id"], restored["access_token"], restored["user"]["user_id"]),
          (someone.tokens["token_id"], someone.token, someone.id), "session")
    equal(someone.get("/api/authorize/auth")["token_id"], restored["token_id"], "under its old name")


def test_log_out(world):
    someone = world.log_in(world.new_user()["email"])
    someone.delete("/api/authorize/auth")
    refused(someone.call("GET", "/api/folders/"), 401, 7)


def test_sessions_are_listed_and_revoked(world):
    boss, someone = world.user("CLIENT_ADMIN"), world.log_in(world.new_user()["email"])
    second = world.log_in(someone.user["email"])
    mine = someone.get("/api/sessions/")["items"]
    equal({one["token_id"] for one in mine}, {someone.tokens["token_id"], second.tokens["token_id"]}, "own sessions")
    of_user = boss.get(f"/api/users/{someone.id}/sessions/")
    equal(of_user["total_count"], 2, "sessions that the CLIENT_ADMIN sees")
    check(someone.tokens["token_id"] in {one["token_id"] for one in boss.get("/api/sessions/", limit=-1)["items"]}, "in the company's")
    refused(someone.call("GET", f"/api/sessions/{boss.tokens['token_id']}"), 404, 10)
    stranger = world.user("CLIENT_ADMIN", "b")
    refused(stranger.call("GET", f"/api/sessions/{someone.tokens['token_id']}"), 404, 10)
    refused(stranger.call("DELETE", f"/api/sessions/{someone.tokens['token_id']}"), 404, 10)
    refused(stranger.call("GET", f"/api/users/{someone.id}/sessions/"), 404, 10)
    boss.delete(f"/api/sessions/{second.tokens['token_id']}")
    refused(second.call("GET", "/api/folders/"), 401, 7)
    equal(someone.get(f"/api/sessions/{someone.tokens['token_id']}")["user_id"], someone.id, "the other session")


def test_own_service_token(world):
    service = world.user("CLIENT_SERVICE")
    pair = service.post("/api/authorize/service_token/")
    lasts = payload_of(pair["access_token"])["exp"] - service.get(f"/api/sessions/{pair['token_id']}")["time_created"]
    check(abs(lasts - 157680000) < 60, f"it lasts {lasts} s")
    equal(Client(world.server, pair["access_token"]).call("GET", "/api/folders/").status, 200, "its use")
    equal(service.call("GET", "/api/authorize/service_token/").status, 201, "by GET")
    for role in ("CLIENT", "CLIENT_ADMIN", "CLIENT_OPERATOR", "OPERATOR", "ADMIN"):
        refused(world.user(role).call("POST", "/api/authorize/service_token/"), 403, 9)


def test_service_token_of_another(world):
    service, plain = world.new_user("CLIENT_SERVICE"), world.new_user()
    path = f"/api/authorize/service_token/{service['user_id']}"
    for maker in (world.admin, world.user("CLIENT_ADMIN")):
        pair = maker.post(path)
        equal(pair["user"]["user_id"], service["user_id"], "whose it is")
    equal(world.admin.call("GET", path).status, 201, "by GET")
    equal(world.user("CLIENT").call("POST", path).status in (403, 404), True, "a CLIENT is refused")
    refused(world.user("CLIENT_ADMIN", "b").call("POST", path), 404, 10)
    refused(world.admin.call("POST", f"/api/authorize/service_token/{NOBODY}"), 404, 10)
    check(world.admin.call("POST", f"/api/authorize/service_token/{plain['user_id']}").status in (400, 403), "target is no CLIENT_SERVICE")


def test_blocked_user(world):
    someone = world.log_in(world.new_user()["email"])
    world.admin.patch(f"/api/users/{someone.id}", {"is_active": False})
    refused(login(world, someone.user["email"]), 401, 1401)
    refused(someone.call("GET", "/api/folders/"), 401, 1401)
    world.admin.patch(f"/api/users/{someone.id}", {"is_active": True})
    equal(login(world, someone.user["email"]).status, 200, "once more active")


def test_company_switched_off(world):
    company = world.admin.post("/api/companies/", {"name": "Closing soon"})["company_id"]
    someone = world.log_in(world.new_user(company_id=company)["email"])
    world.admin.patch(f"/api/companies/{company}", {"is_active": False})
    refused(login(world, someone.user["email"]), 401, 1401)
    refused(someone.call("GET", "/api/folders/"), 401, 1401)


def test_change_own_password(world):
    someone = world.log_in(world.new_user()["email"])
    path = f"/api/users/{someone.id}/change-password/"
    refused(someone.call("POST", path, {"new_password": "another horse 8"}), 400, 3)
    check(someone.call("POST", path, {"old_password": "wrong", "new_password": "another horse 8"}).status in (400, 401, 403), "wrong old one")
    refused(someone.call("POST", path, {"old_password": PASSWORD, "new_password": "short"}), 400, 4)
    someone.post(path, {"old_password": PASSWORD, "new_password": "another horse 8"}, 200)
    refused(someone.call("GET", "/api/folders/"), 401, 7)
    refused(login(world, someone.user["email"]), 401, 15)
    equal(login(world, someone.user["email"], "another horse 8").status, 200, "the new one")


def test_change_password_of_another(world):
    someone = world.new_user()
    path = f"/api/users/{someone['user_id']}/change-password/"
    refused(world.user("CLIENT_ADMIN", "b").call("POST", path, {"new_password": "another horse 8"}), 404, 10)
    refused(world.user("CLIENT_OPERATOR").call("POST", path, {"new_password": "another horse 8"}), 403, 9)
    world.user("CLIENT_ADMIN").post(path, {"new_password": "another horse 8"}, 200)
    equal(login(world, someone["email"], "another horse 8").status, 200, "the new one")
    refused(world.admin.call("PATCH", f"/api/users/{someone['user_id']}", {"password": "x"}), 400, 4)


def test_tokens_are_not_kept(world):
    token = world.user("CLIENT").token
    dump = json.dumps(world.database.dump())
    check(token not in dump and token.split(".")[2] not in dump, "the database holds an access token")
    check(PASSWORD not in dump and "$argon2id$" in dump, "the database holds a password in the clear, or no hash")
    check(token not in world.server.log_text() and PASSWORD not in world.server.log_text(), "the log holds a secret")


def test_body_as_a_form_says(world):
    """A bare `curl -d` sends JSON under another name."""
    body = json.dumps({"credentials": {"email": ADMIN, "password": PASSWORD}})
    answer = world.server.post("/api/authorize/auth", body, "application/x-www-form-urlencoded")
    equal(answer.status, 200, "status")
    equal(world.server.call("GET", "/api/folders", headers={TOKEN: answer.json["access_token"]}).status, 200, "without the slash")
