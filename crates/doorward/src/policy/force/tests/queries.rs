//! Queries and forms.

use super::*;

fn query(rules: &str, query: &str) -> Result<String, ForceError> {
    forced(rules).query(Some(query))
}

const ID: &str = "{ customerId = \"%user_id%\" }";

#[test]
fn every_alias_goes_and_the_value_comes_last() {
    for (sent, made) in [
        ("", "customerId=7"),
        ("customerId=9", "customerId=7"),
        ("a=1&customer_id=9&b=2", "a=1&b=2&customerId=7"),
        ("CUSTOMERID=9&customer-id=8&Customer.Id=6&a=1", "a=1&customerId=7"),
        ("customer%49d=9&customer%5Fid=8&customer+id=6", "customerId=7"),
        ("customerId[]=9&customerId%5B0%5D=8&customerId[x][y]=6", "customerId=7"),
        ("customer[id]=9&a=1", "a=1&customerId=7"),
        ("customerId", "customerId=7"),
        ("customerId=9;customer_id=8;a=1", "a=1&customerId=7"),
        ("a=1;b=2", "a=1;b=2&customerId=7"),
        ("a=1&&b=2", "a=1&&b=2&customerId=7"),
        ("customerIds=9&id=1&customer=x", "customerIds=9&id=1&customer=x&customerId=7"),
        ("a=customerId", "a=customerId&customerId=7"),
        ("cu%C5%BFtomerId=9", "customerId=7"),
        ("customer%ffId=9", "customerId=7"),
    ] {
        assert_eq!(query(ID, sent), Ok(made.into()), "{sent}");
    }
    assert_eq!(forced(ID).query(None), Ok("customerId=7".into()));
}

#[test]
fn what_is_kept_keeps_its_spelling_and_order() {
    let sent = "z=%7e&a=%41+b&a=2&%E4=1&q=";
    assert_eq!(query(ID, sent), Ok(format!("{sent}&customerId=7")));
}

#[test]
fn values_are_encoded_so_that_they_stay_values() {
    let forced = forced("{ a = \"x&b=1;c=ä%+ #\" }");
    assert_eq!(forced.query(None), Ok("a=x%26b%3D1%3Bc%3D%C3%A4%25%2B%20%23".into()));
    assert_eq!(super::forced("{ \"a b\" = true }").query(None), Ok("a%20b=true".into()));
}

#[test]
fn a_path_of_steps_is_set_in_brackets() {
    let rules = "{ \"customer.id\" = \"%user_id%\" }";
    for (sent, made) in [
        ("", "customer[id]=7"),
        ("customer[id]=9&customer[name]=x", "customer[name]=x&customer[id]=7"),
        ("customer.id=9&customer%5BID%5D=8&customerId=6&a=1", "a=1&customer[id]=7"),
        ("customer[id][0]=9&customers=1", "customers=1&customer[id]=7"),
    ] {
        assert_eq!(query(rules, sent), Ok(made.into()), "{sent}");
    }
}

#[test]
fn a_scalar_or_list_on_the_way_is_refused() {
    let rules = "{ \"customer.id\" = \"%user_id%\" }";
    for sent in ["customer=9", "customer[]=9", "customer[0][id]=9", "Customer_=1", "a=1&customer", "customer.0=1"] {
        assert_eq!(query(rules, sent), Err(ForceError::ScalarOnTheWay), "{sent}");
        assert_eq!(forced(rules).drop_from_query(Some(sent)), Err(ForceError::ScalarOnTheWay), "{sent}");
    }
}

#[test]
fn what_decodes_to_nothing_is_malformed() {
    for sent in ["a=%", "a=%4", "%zz=1", "a=1&b=%0", "a=%00", "%00customerId=9"] {
        assert_eq!(query(ID, sent), Err(ForceError::Malformed), "{sent}");
    }
}

#[test]
fn where_values_go_into_the_body_aliases_leave_the_query() {
    let forced = forced(ID);
    assert_eq!(forced.drop_from_query(Some("a=1&customer_id=9&b=2")), Ok("a=1&b=2".into()));
    assert_eq!(forced.drop_from_query(Some("customer_id=9")), Ok(String::new()));
    assert_eq!(forced.drop_from_query(Some("a=1&")), Ok("a=1&".into()));
    assert_eq!(forced.drop_from_query(None), Ok(String::new()));
}

#[test]
fn a_door_that_cannot_rewrite_knows_whether_it_must() {
    let forced = forced(ID);
    assert!(forced.query_is_forced(Some("customerId=7")));
    assert!(forced.query_is_forced(Some("customerId=7&a=1")));
    // To a reader who knows no `;` these say something else.
    assert!(!forced.query_is_forced(Some("customerId=7;")));
    assert!(!forced.query_is_forced(Some("a=1;customerId=7")));
    for sent in [
        "",
        "a=1",
        "customerId=8",
        "customerId=7&customerId=7",
        "customerId=7&customer_id=7",
        "customerid=7",
        "customerId=07",
        "%",
    ] {
        assert!(!forced.query_is_forced(Some(sent)), "{sent}");
    }
    assert!(!forced.query_is_forced(None));
}
