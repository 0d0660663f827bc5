"""Lists: filters, order, pages."""
import functools
import time
import urllib.parse

from harness import check, equal
from oz import biometry, quality, refused, tags

ONE, TWO, OTHER = "person-a-1.jpg", "person-a-2.jpg", "person-b-1.jpg"


@functools.cache
def shelf(world):
    """A CLIENT with six folders of known content, oldest first: (client, folders)."""
    someone = world.user("CLIENT", "a", "shelf")
    made = [someone.folder(payload={"folder:meta_data": {"order": "1", "shop": {"city": "Bern"}}}),
            someone.folder(payload={"folder:meta_data": {"order": "2", "shop": {"city": "Basel"}, "paid": True, "sum": 12.5}}),
            someone.folder([("a", ONE)], {"folder:meta_data": {"order": "3"}, "analyses": [quality(params={"threshold_spoofing": 1})]}),
            someone.folder([("a", ONE)], {"analyses": [quality(params={"threshold_spoofing": 0})]}),
            someone.folder([("a", ONE), ("b", OTHER)], {"analyses": [biometry()]}),
            someone.folder([("cat", "cat.png")], {"folder:meta_data": {"note": "Ångström 100%_"}, "analyses": [quality()]})]
    return someone, [one["folder_id"] for one in made]


def found(world, **query):
    """Which folders of the shelf a query finds, as numbers, in the order of the answer."""
    someone, ids = shelf(world)
    return [ids.index(one["folder_id"]) for one in someone.get("/api/folders/", **query)["items"]]


def test_envelope(world):
    someone, ids = shelf(world)
    page = someone.get("/api/folders/")
    equal((page["offset"], page["limit"], page["total_count"], len(page["items"])), (0, 100, 6, 6), "envelope")
    equal(found(world), [5, 4, 3, 2, 1, 0], "newest first")
    check("media" in page["items"][0] and "analyses" not in page["items"][0], "media, no analyses")


def test_pages(world):
    someone, _ = shelf(world)
    equal(found(world, limit=2), [5, 4], "first")
    equal(found(world, limit=2, offset=4), [1, 0], "last")
    equal(found(world, limit=2, offset=99), [], "beyond")
    equal(found(world, limit=-1), [5, 4, 3, 2, 1, 0], "no limit")
    equal(found(world, limit=0), [], "none")
    equal(someone.get("/api/folders/", limit=2, offset=4)["total_count"], 6, "counts all")
    equal(someone.get("/api/folders/", total_omit="true")["total_count"], None, "saves the counting")


def test_bad_pages(world):
    someone, _ = shelf(world)
    for query in ("limit=5001", "limit=-2", "limit=x", "limit=1.5", "offset=-1", "offset=x", "sorting=nothing", "sorting=time_created{up}",
                  "total_omit=maybe", "time_created.min=yesterday", "offset=99999999999999999999", "time_created=nan",
                  "meta_data=order", "meta_data===1", "is_cleared=perhaps"):
        refused(someone.call("GET", "/api/folders/?" + query), 400, 4)


def test_unknown_keys_are_passed_over(world):
    equal(found(world, colour="red", folder="x"), [5, 4, 3, 2, 1, 0], "all")


def test_order(world):
    equal(found(world, sorting="time_created{asc}"), [0, 1, 2, 3, 4, 5], "ascending")
    equal(found(world, sorting="time_created"), [5, 4, 3, 2, 1, 0], "descending unless said")
    equal(found(world, sorting="resolution_status{asc},time_created{asc}"), [5, 2, 3, 4, 0, 1], "by two: FAILED, FINISHED, INITIAL")
    someone, ids = shelf(world)
    for query in ("sorting=time_created%7Basc%7D", "sorting=time_created{asc}"):
        answer = someone.call("GET", "/api/folders/?" + query)
        equal(answer.status, 200, query)
        equal([ids.index(one["folder_id"]) for one in answer.json["items"]], [0, 1, 2, 3, 4, 5], query)


def test_by_id(world):
    someone, ids = shelf(world)
    equal(found(world, folder_id=ids[2]), [2], "one")
    equal(found(world, folder_id=f"{ids[2]},{ids[4]}"), [4, 2], "any of two")
    equal(found(world, **{"folder_id.exclude": f"{ids[2]},{ids[4]}"}), [5, 3, 1, 0], "none of two")
    equal(found(world, user_id=someone.id), [5, 4, 3, 2, 1, 0], "owner")
    equal(found(world, **{"user_id.exclude": someone.id}), [], "not the owner")
    equal(found(world, company_id=someone.company), [5, 4, 3, 2, 1, 0], "company")
    equal(found(world, company_id=world.company("b")), [], "another company")


def test_by_time(world):
    someone, ids = shelf(world)
    times = [someone.get(f"/api/folders/{one}")["time_created"] for one in ids]
    equal(found(world, **{"time_created.min": f"{times[2]:.6f}"}), [5, 4, 3, 2], "from")
    equal(found(world, **{"time_created.max": f"{times[2]:.6f}"}), [2, 1, 0], "until, inclusive")
    equal(found(world, **{"time_created.min": f"{times[1]:.6f}", "time_created.max": f"{times[3]:.6f}"}), [3, 2, 1], "between")
    equal(found(world, time_created=f"{times[3]:.6f}"), [3], "exactly")
    equal(found(world, **{"time_created.max": int(time.time() * 1000) + 1000}), [5, 4, 3, 2, 1, 0], "in milliseconds")
    equal(found(world, **{"time_created.min": int(time.time()) + 60}), [], "in the future")
    equal(found(world, **{"time_updated.min": f"{times[0] - 1:.6f}"}), [5, 4, 3, 2, 1, 0], "time_updated")


def test_by_status(world):
    equal(found(world, resolution_status="INITIAL"), [1, 0], "INITIAL")
    equal(found(world, resolution_status="FINISHED"), [4, 3, 2], "FINISHED")
    equal(found(world, resolution_status="FAILED"), [5], "FAILED")
    equal(found(world, resolution_status="SUCCESS"), [2], "also words of the system's resolution")
    equal(found(world, resolution_status="SUCCESS,FAILED"), [5, 2], "both kinds")
    equal(found(world, system_resolution="DECLINED"), [4, 3], "system_resolution")
    equal(found(world, **{"system_resolution.exclude": "DECLINED,INITIAL"}), [5, 2], "excluded")


def test_by_analysis(world):
    for prefix in ("analyse", "analysis"):
        equal(found(world, **{f"{prefix}.type": "BIOMETRY"}), [4], "type")
        equal(found(world, **{f"{prefix}.type": "quality"}), [5, 3, 2], "in any case")
        equal(found(world, **{f"{prefix}.state": "FAILED"}), [5], "state")
        equal(found(world, **{f"{prefix}.type": "QUALITY", f"{prefix}.resolution_status": "DECLINED"}), [3], "both of one analysis")
        equal(found(world, **{f"{prefix}.time_created.min": time.time() + 60}), [], "time")


def test_by_result(world):
    switch = {"with_results_media_filter": "true"}
    equal(found(world, **switch, **{"results_data.min_confidence.max": 0.85}), [4], "a pair that does not match")
    equal(found(world, **switch, **{"results_data.min_confidence.min": 0.999999}), [], "none is so alike")
    equal(found(world, **switch, **{"results_media_results_data.confidence_spoofing.min": 0}), [3, 2], "a score at all")
    equal(found(world, **{"results_data.min_confidence.min": 0.999999}), [5, 4, 3, 2, 1, 0], "passed over without the switch")


def test_by_metadata(world):
    equal(found(world, meta_data="order==2"), [1], "equal")
    equal(found(world, meta_data="order!=2"), [5, 4, 3, 2, 0], "not equal, or absent")
    equal(found(world, meta_data="shop.city==Bern"), [0], "dotted")
    equal(found(world, meta_data="order==2,shop.city==Basel"), [1], "both")
    equal(found(world, meta_data="order==2,shop.city==Bern"), [], "not both")
    equal(found(world, meta_data="paid==true"), [1], "a boolean as text")
    equal(found(world, meta_data="sum==12.5"), [1], "a number as text")
    equal(found(world, meta_data="order=='; DROP TABLE folders; --"), [], "an attempt")
    someone, ids = shelf(world)
    someone.patch(f"/api/folders/{ids[0]}/meta_data/", {"order": "9"})
    equal(found(world, meta_data="order==9"), [0], "after a change")
    equal(found(world, meta_data="order==1"), [], "the old value")
    someone.patch(f"/api/folders/{ids[0]}/meta_data/", {"order": "1"})


def test_by_text(world):
    someone, ids = shelf(world)
    equal(found(world, search_text="ångSTRÖM"), [5], "metadata in any case")
    equal(found(world, search_text="100%_"), [5], "signs of patterns are signs")
    equal(found(world, search_text="100__"), [], "and no wildcards")
    equal(found(world, search_text="cat.png"), [5], "file names")
    equal(found(world, search_text=ids[1][:13].upper()), [1], "ids")
    equal(found(world, search_text="nowhere"), [], "nothing")


def test_by_operator_and_clearing(world):
    someone, ids = shelf(world)
    operator = world.user("CLIENT_OPERATOR")
    operator.patch(f"/api/folders/{ids[0]}", {"operator_status": "DECLINED"})
    equal(found(world, operator_status="DECLINED"), [0], "operator_status")
    equal(found(world, resolution_suggest="DECLINED"), [0], "by the old name")
    equal(found(world, is_cleared="true"), [], "cleared")
    equal(found(world, is_cleared="0"), [5, 4, 3, 2, 1, 0], "not cleared")


def test_what_is_with_them(world):
    someone, _ = shelf(world)
    with_all = someone.get("/api/folders/", with_analyses="true", limit=2)["items"]
    equal([[one["type"] for one in folder["analyses"]] for folder in with_all], [["QUALITY"], ["BIOMETRY"]], "analyses")
    bare = someone.get("/api/folders/", with_media="false", limit=1)["items"][0]
    check("media" not in bare and "analyses" not in bare, "nothing")


def test_analyses_of_a_folder(world):
    someone = world.user()
    folder_id = someone.folder([("a", ONE), ("b", TWO)])["folder_id"]
    spoof, match = someone.analyse(folder_id, quality(params={"threshold_spoofing": 1}), biometry())
    path = f"/api/folders/{folder_id}/analyses/"

    def types(**query):
        return [one["type"] for one in someone.get(path, **query)]
    equal(types(), ["QUALITY", "BIOMETRY"], "all")
    for name in ("analysis_id", "analyse_id"):
        equal(types(**{name: match["analysis_id"]}), ["BIOMETRY"], name)
        equal(types(**{name + ".exclude": match["analysis_id"]}), ["QUALITY"], name + ".exclude")
    equal(types(type="biometry,quality"), ["QUALITY", "BIOMETRY"], "types")
    equal(types(**{"type.exclude": "QUALITY"}), ["BIOMETRY"], "type.exclude")
    equal(types(state="FINISHED"), ["QUALITY", "BIOMETRY"], "state")
    equal(types(state="DECLINED"), [], "state takes resolutions too")
    equal(types(resolution_status="SUCCESS"), ["QUALITY", "BIOMETRY"], "resolution_status")


def test_all_analyses(world):
    someone = world.user("CLIENT", "a", "shelf")
    shelf(world)
    page = someone.get("/api/analyses/", limit=3)
    equal((page["total_count"], len(page["items"])), (4, 3), "of one's own folders")
    equal([one["type"] for one in page["items"]], ["QUALITY", "BIOMETRY", "QUALITY"], "newest first")
    equal(someone.get("/api/analyses/", type="BIOMETRY")["total_count"], 1, "type")


def test_sessions_and_audit_have_pages(world):
    for path in ("/api/sessions/", "/api/audit/", "/api/companies/", "/api/users/"):
        page = world.admin.get(path, limit=1)
        equal((len(page["items"]), page["limit"]), (1, 1), path)
        refused(world.admin.call("GET", path + "?limit=6000"), 400, 4)
        refused(world.admin.call("GET", path + "?" + urllib.parse.urlencode({"sorting": "password{asc}"})), 400, 4)
