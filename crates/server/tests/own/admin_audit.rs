//! `/admin/audit`.

use doorward::audit::{Event, EventKind};
use serde_json::{Value, json};

use crate::house::{Door, House, Session};

fn kinds(list: &Value) -> Vec<String> {
    list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|event| event["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

fn wrong_password(house: &House, login: &str) {
    let body = json!({ "realm": "customer", "login": login, "password": "not the right one" });
    assert_eq!(house.call(Door::Public, "POST", "/user/sessions", None, Some(&body)).status, 401);
}

fn export(house: &House, session: &Session, query: &str, accept: &str) -> crate::answer::Answer {
    let lines = [format!("Cookie: {}", session.cookie), format!("Accept: {accept}")];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    house.send(Door::Admin, "GET", &format!("/admin/audit{query}"), &lines, None)
}

#[test]
fn what_happened_is_found_by_what_it_was() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    house.clock.advance(60);
    house.log_in("customer", "anna");
    wrong_password(&house, "anna");
    house.admin(&root, "PATCH", &format!("/admin/users/{}", anna.id), Some(&json!({ "name": "A" })));
    house.settle();
    let find = |query: &str| house.read(&root, &format!("/admin/audit?{query}"));
    assert_eq!(kinds(&find("kind=log_in")), ["log_in", "log_in", "log_in"]);
    assert_eq!(kinds(&find("kind=log_in&realm=customer&outcome=ok")), ["log_in"]);
    assert_eq!(kinds(&find("since=2025-06-15T15:07:00Z&kind=log_in")), ["log_in", "log_in"]);
    assert_eq!(kinds(&find("until=2025-06-15T15:07:00Z")).last().map(String::as_str), Some("user_created"));
    assert!(kinds(&find("address=10.0.0.1")).is_empty());
    assert!(kinds(&find("login=root")).contains(&"user_updated".to_owned()));
    let changed = &find("kind=user_updated")["items"][0];
    assert_eq!(
        (&changed["login"], &changed["actor"], &changed["address"]),
        (&json!("anna"), &json!("root"), &json!("127.0.0.1"))
    );
    assert!(changed["request_id"].is_string());
    // A wrong password is noted without a name: people type passwords there. The administrator learns whose it was.
    let failed = &find("kind=log_in&outcome=bad_credentials")["items"][0];
    assert_eq!((&failed["user"], &failed["login"]), (&json!(anna.id.as_str()), &json!("anna")));
    let part = find("limit=2");
    let next = part["next"].as_str().expect("more");
    assert_ne!(find(&format!("limit=2&after={next}"))["items"], part["items"]);
    for wrong in [
        "since=x",
        "until=2025-02-30T00:00:00Z",
        "limit=0",
        "limit=x",
        "format=xml",
        "user=1",
        "kind=log-in",
        "kind=",
        "realm=elsewhere",
        "realm=a%20b",
        "address=nowhere",
        "login=a:b",
        "outcome=Not%20Found",
    ] {
        let answer = house.admin(&root, "GET", &format!("/admin/audit?{wrong}"), None);
        let parameter = wrong.split('=').next().expect("a name");
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid"), "{wrong}");
        assert!(answer.text().contains(parameter), "{wrong}: {}", answer.text());
    }
    assert_eq!(find("login=ANNA"), find("login=anna"));
    assert_eq!(find("address=::ffff:127.0.0.1"), find("address=127.0.0.1"));
}

#[test]
fn a_refusal_says_who_was_refused() {
    let house = House::open();
    let root = house.root();
    let support = house.with_roles("sam", &["support"]);
    assert_eq!(house.admin(&support, "GET", "/admin/roles", None).status, 403);
    house.settle();
    let refused = &house.read(&root, "/admin/audit?kind=refused&outcome=forbidden")["items"][0];
    assert_eq!((&refused["login"], &refused["request"]), (&json!("sam"), &json!("GET /admin/roles")));
}

#[test]
fn what_nobody_is_called_is_not_written_down() {
    let house = House::open();
    let root = house.root();
    wrong_password(&house, "oops my password");
    house.settle();
    assert!(!house.read(&root, "/admin/audit").to_string().contains("oops"));
}

#[test]
fn a_spreadsheet_reads_no_formula() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "=cmd|'/c calc'!a0", &[]);
    house.add("customer", "@sum(1,2)", &[]);
    house.settle();
    let answer = export(&house, &root, "?kind=user_created&realm=customer", "text/csv");
    assert_eq!((answer.status, answer.is_whole), (200, true));
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"doorward-audit-2025-06-15T15-06-51Z.csv\"")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let text = answer.text();
    let mut lines = text.split("\r\n");
    let columns = "number,at,kind,outcome,realm,user,login,actor,session,address,request,request_id,detail,omitted";
    assert_eq!(lines.next(), Some(columns));
    assert!(text.contains(",\"'@sum(1,2)\","), "{text}");
    assert!(text.contains(",\"'=cmd|'/c calc'!a0\","), "{text}");
    assert_eq!(lines.clone().filter(|line| !line.is_empty()).count(), 2);
}

/// Whoever asks for a path with `;` in it is refused and on record, without a log-in. Where lists are separated by `;`, a
/// spreadsheet takes what is behind it for a cell.
#[test]
fn what_a_stranger_asked_for_is_no_formula_by_whatever_separator_it_is_read() {
    let house = House::open();
    house.root();
    for target in ["/;=1+1;", "/;@sum(1);"] {
        assert_eq!(house.send(Door::Public, "GET", target, &[], None).status, 400);
        // Refusals alike are not all written at once.
        house.clock.advance(3_600);
        house.settle();
    }
    let answer = export(&house, &house.log_in("admin", "root"), "?kind=refused&format=csv", "*/*");
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert!(text.contains(",\"GET /;'=1+1;\","), "{text}");
    assert!(text.contains(",\"GET /;'@sum(1);\","), "{text}");
}

#[test]
fn an_export_has_all_pages_and_is_noted_itself() {
    let house = House::open();
    let root = house.root();
    let events = (0..2_500).map(|number| Event::new(EventKind::Backup, house.now()).detail(format!("number {number}")));
    house.block_on(house.store.record(events.collect(), vec![])).expect("written");
    let answer = export(&house, &root, "?format=jsonl&kind=backup", "*/*");
    assert_eq!(answer.header("content-type"), Some("application/jsonl"));
    let text = answer.text();
    let numbers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(numbers.len(), 2_500);
    assert_eq!(numbers[2_499]["detail"], "number 0");
    house.settle();
    let noted = house.read(&root, "/admin/audit?kind=exported");
    assert_eq!((&noted["items"][0]["actor"], &noted["items"][0]["detail"]), (&json!("root"), &json!("audit, jsonl")));
    assert_eq!(export(&house, &root, "?format=csv&limit=5", "*/*").status, 400);
}
