//! Bodies: JSON and forms.

use super::*;

const ID: &str = "{ customerId = \"%user_id%\" }";
const DEEP: &str = "{ \"customer.id\" = \"%user_id%\", \"customer.kind\" = \"own\" }";

fn json(rules: &str, body: &str) -> Result<String, ForceError> {
    let body = forced(rules).body(Some("application/json"), None, body.as_bytes())?;
    Ok(String::from_utf8(body.bytes).expect("text"))
}

#[test]
fn every_alias_goes_and_the_value_comes_last() {
    for (sent, made) in [
        ("{}", r#"{"customerId":7}"#),
        (r#"{"customerId":9}"#, r#"{"customerId":7}"#),
        (r#"{"a":1,"customer_id":9,"b":2}"#, r#"{"a":1,"b":2,"customerId":7}"#),
        (r#"{"CUSTOMERID":[9],"customer-id":{"x":1},"Customer.Id":null}"#, r#"{"customerId":7}"#),
        (r#"{"customer\u0049d":9,"customer[id]":8,"customerId[0]":6}"#, r#"{"customerId":7}"#),
        (
            r#"{"customerIds":9,"customer":{"customerId":1}}"#,
            r#"{"customerIds":9,"customer":{"customerId":1},"customerId":7}"#,
        ),
        (r#"{"items":[{"customerId":9}]}"#, r#"{"items":[{"customerId":9}],"customerId":7}"#),
    ] {
        assert_eq!(json(ID, sent), Ok(made.into()), "{sent}");
    }
}

#[test]
fn what_is_kept_keeps_its_very_text() {
    let sent = r#"{"z":1.50,"a":12345678901234567890123,"b":1e400000000,"s":"\u00e4\/","o":{ "x" : [ 1 , 2 ] }}"#;
    // A number that no reader can hold is refused; without it all stays as it was.
    assert_eq!(json(ID, sent), Err(ForceError::Malformed));
    let sent = sent.replace("\"b\":1e400000000,", "");
    let open = sent.strip_suffix('}').expect("an object");
    assert_eq!(json(ID, &sent), Ok(format!("{open},\"customerId\":7}}")));
}

#[test]
fn a_path_of_steps_is_made_where_it_is_missing() {
    for (sent, made) in [
        ("{}", r#"{"customer":{"id":7,"kind":"own"}}"#),
        (r#"{"customer":{}}"#, r#"{"customer":{"id":7,"kind":"own"}}"#),
        (
            r#"{"customer":{"name":"x","ID":9,"kind":1},"a":1}"#,
            r#"{"customer":{"name":"x","id":7,"kind":"own"},"a":1}"#,
        ),
        (r#"{"Customer_":{"name":"x"}}"#, r#"{"customer":{"name":"x","id":7,"kind":"own"}}"#),
        (
            r#"{"CUSTOMER":{"a":1},"customer":{"b":2},"customer_":{"c":3}}"#,
            r#"{"customer":{"b":2,"id":7,"kind":"own"}}"#,
        ),
        (r#"{"customerId":9,"customer.kind":8,"a":1}"#, r#"{"a":1,"customer":{"id":7,"kind":"own"}}"#),
        (r#"{"customer":{"id.x":9,"i[d]":8}}"#, r#"{"customer":{"id":7,"kind":"own"}}"#),
    ] {
        assert_eq!(json(DEEP, sent), Ok(made.into()), "{sent}");
    }
}

#[test]
fn a_scalar_or_list_on_the_way_is_refused() {
    for sent in [
        r#"{"customer":9}"#,
        r#"{"customer":[{"id":9}]}"#,
        r#"{"customer":null}"#,
        r#"{"customer":"x"}"#,
        r#"{"customer":{},"CUSTOMER":1}"#,
        "[]",
        "7",
        "null",
        "\"x\"",
        r#"[{"customer":{"id":1}}]"#,
    ] {
        assert_eq!(json(DEEP, sent), Err(ForceError::ScalarOnTheWay), "{sent}");
    }
}

#[test]
fn what_two_readers_may_read_in_two_ways_is_refused() {
    for sent in [r#"{"a":1,"a":2}"#, r#"{"a":1,"\u0061":2}"#, r#"{"x":[{"a":1,"a":1}]}"#] {
        assert_eq!(json(ID, sent), Err(ForceError::DuplicateKey), "{sent}");
    }
    for sent in [
        "{",
        "{}{}",
        "{} x",
        "{'a':1}",
        "{a:1}",
        "{\"a\":1,}",
        "\u{feff}{}",
        r#"{"a":"\ud800"}"#,
        r#"{"\u0000":1}"#,
        r#"{"a":"\u0000"}"#,
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":\"\n\"}",
        "// x\n{}",
    ] {
        assert_eq!(json(ID, sent), Err(ForceError::Malformed), "{sent}");
    }
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(forced(ID).body(Some("application/json"), None, &utf16).is_err());
    assert_eq!(forced(ID).body(Some("application/json"), None, b"{\"a\":\"\xff\"}"), Err(ForceError::Malformed));
}

#[test]
fn json_goes_as_deep_as_the_limit_says_and_no_deeper() {
    let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(json(ID, &nested(31)).is_ok());
    assert_eq!(json(ID, &nested(32)), Err(ForceError::TooDeep));
    assert_eq!(json(ID, &nested(100_000)), Err(ForceError::TooDeep));
    let objects = format!("{}1{}", "{\"a\":".repeat(33), "}".repeat(33));
    assert_eq!(json(ID, &objects), Err(ForceError::TooDeep));
}

#[test]
fn the_depth_of_json_is_a_setting() {
    let text = "limits.json_depth = 2\n[[route]]\nmatch = \"POST /a\"\naccess = \"self\"\nforce = { a = 1 }\n";
    let (settings, rules) = crate::policy::Settings::parse("doorward.toml", text, &|_| None).expect("settings");
    let policy = crate::policy::Policy::compile(&crate::policy::Draft::new(&settings, &[rules])).expect("a policy");
    let forced = forced_for(policy.declared_routes()[0].force.as_ref().expect("parameters"), "7");
    let body = |text: &str| forced.body(Some("application/json"), None, text.as_bytes()).map(drop);
    assert_eq!(body("{\"b\":[]}"), Ok(()));
    assert_eq!(body("{\"b\":[[]]}"), Err(ForceError::TooDeep));
}

#[test]
fn an_empty_body_becomes_one_that_holds_the_values() {
    let made = forced(DEEP).body(None, None, b"").expect("a body");
    assert_eq!(made.bytes, br#"{"customer":{"id":7,"kind":"own"}}"#);
    assert_eq!(made.content_type, Some("application/json"));
    let made = forced(ID).body(Some("application/json"), None, b" \n").expect("a body");
    assert_eq!((&made.bytes[..], made.content_type), (&br#"{"customerId":7}"#[..], None));
    let made = forced(ID).body(Some("application/x-www-form-urlencoded"), None, b"").expect("a body");
    assert_eq!(made.bytes, b"customerId=7");
}

#[test]
fn a_form_is_forced_as_a_query_is() {
    let form = |body: &str| {
        let made =
            forced(DEEP).body(Some("application/x-www-form-urlencoded; charset=UTF-8"), None, body.as_bytes())?;
        Ok(String::from_utf8(made.bytes).expect("text"))
    };
    assert_eq!(
        form("a=1&customer%5Bid%5D=9&customer[name]=x"),
        Ok("a=1&customer[name]=x&customer[id]=7&customer[kind]=own".into())
    );
    assert_eq!(form("customer=9"), Err(ForceError::ScalarOnTheWay));
    assert_eq!(form("a=%"), Err(ForceError::Malformed));
}

#[test]
fn only_json_and_forms_in_utf_8_can_be_read() {
    let try_type = |content_type: &str| forced(ID).body(Some(content_type), None, b"").map(drop);
    for content_type in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/vnd.api+json",
        "application/merge-patch+json; a=b",
        "application/x-www-form-urlencoded",
    ] {
        assert_eq!(try_type(content_type), Ok(()), "{content_type}");
    }
    for content_type in [
        "",
        "text/plain",
        "text/json",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonx",
        "application/octet-stream",
        "application/json; charset=utf-16",
        "application/json; charset = utf-7",
        "application/json; charset*=utf-7",
        "application/json, text/plain",
        "application/json; charset",
        "json",
        "application/json-seq",
        "image/svg+json",
    ] {
        assert_eq!(try_type(content_type), Err(ForceError::UnsupportedMediaType), "{content_type}");
    }
    assert_eq!(forced(ID).body(None, None, b"{}").map(drop), Err(ForceError::UnsupportedMediaType));
}

#[test]
fn an_encoded_body_cannot_be_read() {
    for encoding in ["gzip", "br", "identity, gzip", "", "x"] {
        let made = forced(ID).body(Some("application/json"), Some(encoding), b"{}").map(drop);
        assert_eq!(made, Err(ForceError::UnsupportedMediaType), "{encoding}");
    }
    assert!(forced(ID).body(Some("application/json"), Some(" Identity "), b"{}").is_ok());
}
