"""Companies, users and the audit log."""
import secrets

from harness import check, equal
from oz import PASSWORD, quality, refused

SYSTEM = "00000000-0000-4000-8000-000000000000"


def test_company(world):
    name = "Bank " + secrets.token_hex(4)
    made = world.admin.post("/api/companies/", {"name": name})
    equal((made["name"], made["is_active"]), (name, True), "company")
    path = f"/api/companies/{made['company_id']}"
    equal(world.admin.get(path), made, "read again")
    changed = world.admin.patch(path, {"name": name + " AG"})
    equal(changed["name"], name + " AG", "new name")
    check(changed["time_updated"] > made["time_updated"], "time_updated moves")
    refused(world.admin.call("POST", "/api/companies/", {"name": name + " AG"}), 400, 13)
    world.admin.delete(path)
    refused(world.admin.call("GET", path), 404, 10)


def test_company_with_users_is_kept(world):
    company = world.admin.post("/api/companies/", {"name": "Full " + secrets.token_hex(4)})["company_id"]
    someone = world.log_in(world.new_user(company_id=company)["email"])
    folder = someone.folder([("photo", "person-a-1.jpg")])
    path = f"/api/companies/{company}"
    refused(world.admin.call("DELETE", path), 400, 4)
    blobs = len(world.server.blobs())
    world.admin.delete(path + "?force=true")
    refused(world.admin.call("GET", path), 404, 10)
    refused(world.admin.call("GET", f"/api/users/{someone.id}"), 404, 10)
    refused(world.admin.call("GET", f"/api/folders/{folder['folder_id']}"), 404, 10)
    refused(someone.call("GET", "/api/folders/"), 401, 7)
    check(len(world.server.blobs()) < blobs, "its files went")


def test_companies_are_listed(world):
    world.company("a"), world.company("b")
    names = {one["name"] for one in world.admin.get("/api/companies/", limit=-1)["items"]}
    check({"Company a", "Company b"} <= names, f"{names}")
    found = world.admin.get("/api/companies/", search_text="COMPANY A")["items"]
    equal([one["name"] for one in found], ["Company a"], "search_text")
    equal([one["company_id"] for one in world.user("CLIENT").get("/api/companies/")["items"]], [world.company("a")], "to a CLIENT")


def test_user(world):
    email = f"{secrets.token_hex(6)}@Ozma.Example"
    made = world.admin.post("/api/users/", {
        "email": email, "password": PASSWORD, "first_name": "Ann", "middle_name": "B.", "last_name": "Case", "user_type": "client operator",
        "company_id": world.company(), "can_start_analysis_biometry": False, "meta_data": {"desk": 4}})
    equal((made["email"], made["user_type"], made["company_id"]), (email.lower(), "CLIENT_OPERATOR", world.company()), "user")
    equal((made["is_active"], made["is_admin"], made["is_service"]), (True, False, False), "flags")
    equal((made["can_start_analysis_biometry"], made["can_start_analyse_biometry"], made["can_start_analysis_quality"]),
          (False, False, True), "what it may start")
    check("password" not in made, "no password in the answer")
    refused(world.admin.call("POST", "/api/users/", {**made, "email": email.upper(), "password": PASSWORD}), 400, 13)
    path = f"/api/users/{made['user_id']}"
    changed = world.admin.patch(path, {"first_name": "Anna", "is_active": False, "meta_data": {"floor": 2, "desk": None}})
    equal((changed["first_name"], changed["last_name"], changed["is_active"], changed["meta_data"]),
          ("Anna", "Case", False, {"floor": 2}), "changed")
    equal(world.admin.get(path), changed, "read again")
    world.admin.delete(path)
    refused(world.admin.call("GET", path), 404, 10)


def test_old_flags(world):
    for flags, role in (({"is_admin": True}, "CLIENT_ADMIN"), ({"is_service": True}, "CLIENT_SERVICE"), ({"is_admin": False}, "CLIENT")):
        equal(world.new_user("CLIENT", **flags)["user_type"], role, f"role of {flags}")
    made = world.new_user("CLIENT", can_start_analyse_quality=False)
    equal(made["can_start_analysis_quality"], False, "the deprecated spelling")
    admin, service = world.new_user("CLIENT_ADMIN"), world.new_user("CLIENT_SERVICE")
    equal((admin["is_admin"], admin["is_service"], service["is_admin"], service["is_service"]), (True, False, False, True), "flags")


def test_system_users(world):
    for role in ("ADMIN", "OPERATOR"):
        equal(world.new_user(role, company_id=world.company())["company_id"], SYSTEM, f"company of {role}")


def test_users_are_listed(world):
    someone, other = world.user("CLIENT", "a", "listed"), world.user("CLIENT", "b", "listed")
    everybody = {one["user_id"] for one in world.admin.get("/api/users/", limit=-1)["items"]}
    check({someone.id, other.id} <= everybody, "ADMIN sees all")
    mine = {one["user_id"] for one in world.user("CLIENT_ADMIN").get("/api/users/", limit=-1)["items"]}
    check(someone.id in mine and other.id not in mine, "CLIENT_ADMIN sees its company")
    equal([one["user_id"] for one in someone.get("/api/users/")["items"]], [someone.id], "CLIENT sees itself")
    found = world.admin.get("/api/users/", search_text=someone.user["email"][:10].upper())["items"]
    equal([one["user_id"] for one in found], [someone.id], "search_text")
    services = world.admin.get("/api/users/", user_type="CLIENT_SERVICE", limit=-1)["items"]
    equal({one["user_type"] for one in services}, {"CLIENT_SERVICE"}, "user_type")
    of_b = world.admin.get("/api/users/", company_id=world.company("b"), limit=-1)["items"]
    equal({one["company_id"] for one in of_b}, {world.company("b")}, "company_id")
    idle = world.new_user(is_active=False)
    off = {one["user_id"] for one in world.admin.get("/api/users/", is_active="false", limit=-1)["items"]}
    check(idle["user_id"] in off and someone.id not in off, "is_active")


def test_user_metadata(world):
    someone = world.user("CLIENT", "a", "metadata")
    path = f"/api/users/{someone.id}/meta_data/"
    equal(someone.patch(path, {"desk": 4, "floor": "2"}), {"desk": 4, "floor": "2"}, "PATCH")
    equal(someone.patch(path, {"desk": None}), {"floor": "2"}, "null removes")
    equal(someone.post(path, {"x": [1, {"y": None}]}, 200), {"x": [1, {"y": None}]}, "POST replaces")
    someone.delete(path)
    equal(someone.get(path), {}, "DELETE clears")


def test_deleted_user(world):
    someone = world.log_in(world.new_user()["email"])
    folder = someone.folder()
    world.admin.delete(f"/api/users/{someone.id}")
    refused(someone.call("GET", "/api/folders/"), 401, 7)
    equal(world.admin.get(f"/api/folders/{folder['folder_id']}")["user_id"], someone.id, "its folder stays its own")


def test_switches_forbid_analyses(world):
    someone = world.log_in(world.new_user(can_start_analysis_quality=False)["email"])
    folder = someone.folder([("photo", "person-a-1.jpg")])
    refused(someone.call("POST", f"/api/folders/{folder['folder_id']}/analyses/", {"analyses": [quality()]}), 403, 9)
    refused(someone.send("/api/folders/", [("photo", "person-a-1.jpg")], {"analyses": [quality()]}), 403, 9)
    equal(someone.get("/api/folders/")["total_count"], 1, "folders: a refused single request leaves none")


def test_audit(world):
    someone = world.new_user()
    world.admin.patch(f"/api/users/{someone['user_id']}", {"first_name": "Zoe"})
    folder = world.user("CLIENT").folder()
    world.admin.delete(f"/api/folders/{folder['folder_id']}")
    of_user = world.admin.get("/api/audit/", object_id=someone["user_id"])["items"]
    equal([one["action"] for one in of_user], ["update", "create"], "what was done to the user, newest first")
    check("Zoe" not in str(of_user) and someone["email"] not in str(of_user), "no personal data")
    of_folder = world.admin.get("/api/audit/", object_id=folder["folder_id"])["items"]
    equal([(one["action"], one["user_id"]) for one in of_folder if one["action"] == "delete"], [("delete", world.admin.id)], "who deleted it")
    for role in ("CLIENT_ADMIN", "CLIENT", "OPERATOR"):
        refused(world.user(role).call("GET", "/api/audit/"), 403, 9)
