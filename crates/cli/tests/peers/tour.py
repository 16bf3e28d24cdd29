"""A visit to the demo by python-requests: argument 1 is where it is. Ends with an error at the first thing that is not as it must be."""

import re
import sys

import requests

BASE = sys.argv[1]
ANNA = ("anna@example.com", "anna-drinks-green-tea")
SAM = ("sam@example.com", "sam-answers-the-phone")
KIM = ("kim@example.com", "kim-writes-each-page")
ME = BASE + "/rest/V1/customers/me"
CHANGE = {"customer": {"firstname": "Annika"}}


def client():
    session = requests.Session()
    # What the machine says about proxies is for other machines.
    session.trust_env = False
    return session


def expect(response, status, code=None):
    what = f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:300]}"
    assert response.status_code == status, what
    if code:
        assert response.headers["Content-Type"] == "application/problem+json", what
        assert response.json()["type"] == f"urn:doorward:problem:{code}", what
    return response


def log_in(session, realm, who):
    login, password = who
    return session.post(BASE + "/user/sessions", json={"realm": realm, "login": login, "password": password})


def guests():
    guest = client()
    expect(guest.get(BASE + "/rest/V1/directory/countries"), 200)
    refused = expect(guest.get(ME), 401, "not_logged_in")
    assert refused.headers["WWW-Authenticate"].startswith("Basic realm="), refused.headers
    assert refused.headers["Cache-Control"] == "no-store", refused.headers
    expect(guest.get(BASE + "/not/declared"), 404, "not_found")
    assert not guest.cookies, guest.cookies


def sessions():
    anna = client()
    wrong = expect(log_in(anna, "customer", (ANNA[0], "something else entirely")), 401, "bad_credentials")
    unknown = expect(log_in(anna, "customer", ("nobody@example.com", ANNA[1])), 401, "bad_credentials")
    same = [{k: v for k, v in refused.json().items() if k != "request_id"} for refused in (wrong, unknown)]
    assert same[0] == same[1], same
    expect(log_in(anna, "admin", ANNA), 401, "bad_credentials")
    assert not [cookie.name for cookie in anna.cookies if cookie.name == "doorward-customer"]

    begun = expect(log_in(anna, "customer", ANNA), 201)
    token = begun.json()["csrf_token"]
    cookie = next(cookie for cookie in anna.cookies if cookie.name == "doorward-customer")
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Lax", cookie
    assert cookie.path == "/" and not cookie.domain_specified and cookie.expires is None, cookie
    assert cookie.value not in begun.text, "the token is for the cookie alone"
    assert begun.headers["Location"].startswith("/user/sessions/"), begun.headers

    assert expect(anna.get(BASE + "/user/me"), 200).json()["id"] == "7"
    assert expect(anna.get(ME), 200).json()["id"] == 7
    expect(anna.put(ME, json=CHANGE), 403, "csrf")
    expect(anna.put(ME, json=CHANGE, headers={"X-CSRF": token[:-1] + ("A" if token[-1] != "A" else "B")}), 403, "csrf")
    expect(anna.put(ME, json=CHANGE, headers={"X-CSRF": token, "Origin": "http://elsewhere.example"}), 403, "csrf")
    expect(anna.put(ME, json=CHANGE, headers={"X-CSRF": token}), 200)
    for path in ("/user/csrf", "/user/sessions/current"):
        fresh = expect(anna.get(BASE + path), 200).json()["csrf_token"]
        assert fresh != token, "it is masked anew each time"
        expect(anna.put(ME, json=CHANGE, headers={"X-CSRF": fresh}), 200)
    expect(anna.get(BASE + "/rest/V1/customerGroups/1"), 401)

    # Two realms in one jar.
    expect(log_in(anna, "admin", SAM), 201)
    expect(anna.get(BASE + "/rest/V1/customerGroups/1"), 200)
    expect(anna.get(ME), 200)

    mine = expect(anna.get(BASE + "/user/sessions", params={"realm": "customer"}), 200).json()["items"]
    assert [session["current"] for session in mine].count(True) == 1, mine
    expect(anna.delete(BASE + "/user/sessions/current", params={"realm": "customer"}), 403, "csrf")
    ended = anna.delete(BASE + "/user/sessions/current", params={"realm": "customer"}, headers={"X-CSRF": token})
    assert expect(ended, 204).content == b""
    assert "doorward-customer" not in anna.cookies.keys(), anna.cookies
    expect(anna.get(ME), 401, "not_logged_in")
    expect(anna.get(BASE + "/rest/V1/customerGroups/1"), 200)
    # Whoever kept the cookie has nothing.
    expect(requests.get(ME, cookies={"doorward-customer": cookie.value}), 401, "not_logged_in")


def basic():
    program = client()
    groups = BASE + "/rest/V1/customerGroups/1"
    expect(program.get(groups, auth=SAM), 200)
    expect(program.get(groups, auth=KIM), 403, "forbidden")
    expect(program.delete(BASE + "/rest/V1/customers/8", auth=SAM), 403, "forbidden")
    refused = expect(program.get(groups, auth=(SAM[0], "wrong-wrong-wrong")), 401, "bad_credentials")
    assert re.fullmatch(r'Basic realm=".+", charset="UTF-8"', refused.headers["WWW-Authenticate"]), refused.headers
    # No cookie is asked for proof, and none is given.
    expect(program.put(ME, json=CHANGE, auth=ANNA), 200)
    assert not program.cookies, program.cookies
    # The explicit header decides.
    expect(log_in(program, "customer", ANNA), 201)
    expect(program.get(ME, auth=(ANNA[0], "wrong-wrong-wrong")), 401, "bad_credentials")
    expect(program.get(ME), 200)


def streams():
    anna = client()
    token = expect(log_in(anna, "customer", ANNA), 201).json()["csrf_token"]

    def pieces():
        for number in range(100):
            yield bytes([number]) * 1_000

    sent = expect(anna.post(BASE + "/uploads", data=pieces(), headers={"X-CSRF": token}), 201)
    assert "100000" in sent.text, sent.text
    file = {"file": ("ä.bin", b"\0\1\2" * 1_000, "application/octet-stream")}
    expect(anna.post(BASE + "/uploads", files=file, headers={"X-CSRF": token}), 201)
    with anna.get(BASE + "/events", stream=True) as events:
        assert events.status_code == 200, events.status_code
        assert next(line for line in events.iter_lines() if line.startswith(b"data:"))


def forms():
    anna = client()
    page = expect(anna.get(BASE + "/login", params={"realm": "customer", "return_to": "/site/1"}), 200)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert fields["return_to"] == "/site/1" and fields["token"], fields
    fields |= {"login": ANNA[0], "password": "wrong-wrong-wrong"}
    expect(anna.post(BASE + "/login", data=fields), 401)
    fields["password"] = ANNA[1]
    expect(client().post(BASE + "/login", data=fields), 403)
    landed = expect(anna.post(BASE + "/login", data=fields), 200)
    assert [hop.status_code for hop in landed.history] == [303], landed.history
    assert landed.url == BASE + "/site/1", landed.url


for part in (guests, sessions, basic, streams, forms):
    part()
    print(part.__name__, "done", flush=True)
