//! How long sessions last, and how many there are.

use doorward::{Actor, UserState};

use crate::shop::{SCRIPT, Shop};

const CUSTOMER: &str = "/rest/V1/customers/3";

#[test]
fn a_customers_session_lasts_as_long_as_it_is_used() {
    let shop = Shop::with("[dialect.magento]\nsession_lifetime = \"1800s\"\n");
    let session = shop.log_in("ada");
    for _ in 0..3 {
        shop.clock.advance(1_700);
        assert_eq!(shop.me(&[&session, SCRIPT]), 200);
    }
    shop.clock.advance(1_800);
    assert_eq!(shop.me(&[&session, SCRIPT]), 401);
}

#[test]
fn an_hour_is_usual_and_a_quarter_of_one_for_administrators() {
    let shop = Shop::open();
    let (me, help) = (shop.log_in("ada"), shop.log_in_administrator("help"));
    shop.clock.advance(899);
    assert_eq!(shop.ask("GET", CUSTOMER, &[&help, SCRIPT]).status, 200);
    shop.clock.advance(900);
    assert_eq!(shop.ask("GET", CUSTOMER, &[&help, SCRIPT]).status, 401);
    shop.clock.advance(1_800);
    assert_eq!(shop.me(&[&me, SCRIPT]), 200);
    shop.clock.advance(3_600);
    assert_eq!(shop.me(&[&me, SCRIPT]), 401);
}

#[test]
fn an_administrator_has_one_session_and_keeps_the_tokens() {
    let shop = Shop::open();
    let token = shop.token("admin", "help");
    let first = shop.log_in_administrator("help");
    let again = shop.token("admin", "help");
    assert_eq!(shop.ask("GET", CUSTOMER, &[&first, SCRIPT]).status, 200);
    shop.clock.advance(1);
    let second = shop.log_in_administrator("help");
    assert_eq!(shop.ask("GET", CUSTOMER, &[&first, SCRIPT]).status, 401);
    for line in [&second, &token, &again] {
        assert_eq!(shop.ask("GET", CUSTOMER, &[line, SCRIPT]).status, 200);
    }
}

#[test]
fn accounts_are_shared_where_the_settings_say_so() {
    let shop = Shop::with("[dialect.magento]\nadmin_account_sharing = true\n");
    let (first, second) = (shop.log_in_administrator("help"), shop.log_in_administrator("help"));
    for line in [&first, &second] {
        assert_eq!(shop.ask("GET", CUSTOMER, &[line, SCRIPT]).status, 200);
    }
}

#[test]
fn an_administrator_who_is_disabled_has_no_session_any_more() {
    let shop = Shop::open();
    let temp = shop.add("admin", "temp", &["support"]);
    let session = shop.log_in_administrator("temp");
    assert_eq!(shop.ask("GET", CUSTOMER, &[&session, SCRIPT]).status, 200);
    let disabled = shop.block_on(shop.engine.set_state(&Actor::console(), &temp, UserState::Disabled));
    assert!(disabled.is_ok());
    assert_eq!(shop.ask("GET", CUSTOMER, &[&session, SCRIPT]).status, 401);
}
