//! What people read of the realm that they are in: its title, and texts of its own.

use crate::form::{hidden, open};
use crate::house::{Door, House, RULES, Session};

const TITLES: &str = r#"
[pages.texts.en]
welcome = "Good to see you."
help = "Call 555 0100."

[realm.customer.pages.texts.en]
welcome = "This is where our customers look after their orders."
login = "E-mail address"
"#;

fn rules() -> String {
    let rules = RULES.replacen("[realm.admin]", "[realm.admin]\ntitle = \"Staff & friends\"", 1);
    let title = "[realm.customer]\ntitle = { en = \"Customers\", de = \"Kunden\" }";
    rules.replacen("[realm.customer]", title, 1) + TITLES
}

fn read(house: &House, session: &Session, target: &str) -> String {
    house.send(Door::Public, "GET", target, &[&format!("Cookie: {}", session.cookie)], None).text()
}

#[test]
fn people_choose_a_title_and_the_form_sends_the_name() {
    let house = House::with(&rules());
    let page = open(&house, "/login").0;
    for option in
        ["<option value=\"admin\">Staff &#38; friends</option>", "<option value=\"customer\">Customers</option>"]
    {
        assert!(page.contains(option), "{page}");
    }
    let german = house.send(Door::Public, "GET", "/login", &["Accept-Language: de"], None).text();
    assert!(german.contains(">Kunden</option>"), "{german}");
    // Nobody has said it in French.
    let french = house.send(Door::Public, "GET", "/login", &["Accept-Language: fr"], None).text();
    assert!(french.contains(">Customers</option>"), "{french}");
    let chosen = open(&house, "/login?realm=customer").0;
    assert!(chosen.contains("<p class=\"where\">Customers</p>"), "{chosen}");
    assert_eq!(hidden(&chosen, "realm").as_deref(), Some("customer"));
    assert!(open(&House::open(), "/login").0.contains("<option value=\"customer\">customer</option>"));
}

#[test]
fn a_realm_s_texts_are_for_its_people() {
    let house = House::with(&rules());
    let (any, customer, staff) =
        (open(&house, "/login").0, open(&house, "/login?realm=customer").0, open(&house, "/login?realm=admin").0);
    for page in [&any, &staff] {
        assert!(page.contains("Good to see you.") && page.contains(">Login</label>"), "{page}");
    }
    assert!(customer.contains("look after their orders") && customer.contains(">E-mail address</label>"), "{customer}");
    assert!(!customer.contains("Good to see you."), "{customer}");
    // What it does not say itself is said for all.
    assert!(customer.contains("Call 555 0100."), "{customer}");
    house.reload(&rules().replace("E-mail address", "Your number")).expect("it is read");
    assert!(open(&house, "/login?realm=customer").0.contains(">Your number</label>"));
}

#[test]
fn staying_logged_in_is_offered_for_realms_where_one_may() {
    let house = House::with(&rules());
    let page = |target: &str| open(&house, target).0;
    assert!(page("/login").contains("Stay logged in on this device (Customers only)"), "{}", page("/login"));
    assert!(page("/login?realm=customer").contains("<span>Stay logged in on this device</span>"));
    assert!(!page("/login?realm=admin").contains("Stay logged in"));
}

#[test]
fn titles_stand_where_people_see_where_they_are() {
    let house = House::with(&rules());
    house.add("customer", "anna", &[]);
    let anna = house.log_in("customer", "anna");
    let account = read(&house, &anna, "/account");
    assert!(account.contains("<dd>Customers</dd>") && !account.contains("<dd>customer</dd>"), "{account}");
    // The own word for the login would stand beside the real e-mail there.
    assert!(
        account.contains("<dt>You log in as</dt><dd>anna</dd>") && !account.contains("E-mail address"),
        "{account}"
    );
    let asked = read(&house, &anna, "/logout");
    assert!(asked.contains("You are logged in as anna, Customers."), "{asked}");
}
