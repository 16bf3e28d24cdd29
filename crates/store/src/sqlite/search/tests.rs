use doorward::Time;

use super::*;
use crate::sqlite::Sqlite;
use crate::sqlite::open::open_file;

const KEYS: [UserKey; 3] = [UserKey::Login, UserKey::LastSeen, UserKey::Created];

/// How the database goes about a list: the steps of each of its queries.
fn plans(connection: &Connection, filter: &UserFilter, order: UserOrder, after: Option<UserPlace>) -> Vec<String> {
    let Matches { query, one_by_one, .. } = matches(connection, filter, Some(order.by)).expect("a query");
    let queries = ordered(&query, order, one_by_one, after);
    queries.into_iter().map(|query| query.plan(connection).expect("a plan").join("; ")).collect()
}

/// A database with a user for each number, who was seen at the time of the number.
fn with_users(count: u32) -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("doorward.db");
    drop(Sqlite::open(&path).expect("a database"));
    let connection = open_file(&path).expect("a connection");
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
               INSERT INTO users (number, realm, id, login, name, active, attributes, created, last_seen) \
               SELECT i, 'customer', i, printf('u%06d', ?1 - i), '', 1, '{}', 7, i FROM n";
    connection.execute(sql, [count]).expect("users");
    (folder, connection)
}

fn place(by: UserKey) -> UserPlace {
    match by {
        UserKey::Login => UserPlace::Login("u000100".into(), Name::parse("customer").expect("a name")),
        UserKey::LastSeen => UserPlace::LastSeen(100, UserNumber(100)),
        UserKey::Created => UserPlace::Created(7, UserNumber(100)),
    }
}

#[test]
fn no_order_of_all_users_needs_them_sorted() {
    let (_folder, connection) = with_users(200);
    let customers = UserFilter { realm: Some(Name::parse("customer").expect("a name")), ..UserFilter::default() };
    let active = UserFilter { state: Some(UserState::Active), ..UserFilter::default() };
    for filter in [UserFilter::default(), customers, active] {
        for (by, index) in KEYS.into_iter().zip(["users_by_login", "users_by_last_seen", "users_by_created"]) {
            for descending in [false, true] {
                let order = UserOrder { by, descending };
                for after in [None, Some(place(by))] {
                    for plan in plans(&connection, &filter, order, after) {
                        assert!(!plan.contains("TEMP B-TREE"), "{order:?}: {plan}");
                        assert!(plan.contains(&format!("users USING INDEX {index}")), "{order:?}: {plan}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_rest_of_those_who_are_alike_begins_at_once() {
    let (_folder, connection) = with_users(200);
    for (by, column) in [(UserKey::LastSeen, "last_seen"), (UserKey::Created, "created")] {
        for (descending, sign) in [(false, '>'), (true, '<')] {
            let found = plans(&connection, &UserFilter::default(), UserOrder { by, descending }, Some(place(by)));
            assert_eq!(found.len(), 2);
            assert!(found[0].ends_with(&format!("({column}=? AND rowid{sign}?)")), "{}", found[0]);
            assert!(found[1].ends_with(&format!("({column}{sign}?)")), "{}", found[1]);
        }
    }
}

#[test]
fn few_times_are_looked_up_and_many_are_met_on_the_way() {
    let (_folder, connection) = with_users(FEW + 10);
    let before = |time: Time| UserFilter { seen_before: Some(time), ..UserFilter::default() };
    for by in [UserKey::Login, UserKey::Created] {
        let order = UserOrder { by, descending: true };
        let few = plans(&connection, &before(FEW), order, Some(place(by)));
        assert!(few.iter().all(|plan| plan.contains("COVERING INDEX users_by_last_seen")), "{few:?}");
        let many = plans(&connection, &before(FEW + 9), order, Some(place(by)));
        assert!(many.iter().all(|plan| !plan.contains("TEMP B-TREE") && !plan.contains("last_seen")), "{many:?}");
    }
    // In their own order they stand beside each other, however many they are.
    for time in [FEW, FEW + 9] {
        let order = UserOrder { by: UserKey::LastSeen, descending: true };
        let plan = plans(&connection, &before(time), order, None).join("; ");
        assert!(plan.contains("users_by_last_seen (last_seen>? AND last_seen<?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn nobody_is_left_out_between_few_and_many() {
    let (_folder, connection) = with_users(FEW + 10);
    for count in [FEW - 1, FEW, FEW + 1, FEW + 5] {
        let filter = UserFilter { seen_before: Some(count + 1), ..UserFilter::default() };
        assert_eq!(super::count(&connection, &filter, u64::MAX).expect("a number"), u64::from(count));
        for by in KEYS {
            let listed = users(&connection, &filter, UserOrder { by, descending: false }, &Page::default());
            let first = listed.expect("users").items[0].number.0;
            assert_eq!(first, if by == UserKey::Login { count } else { 1 }, "{by:?} of {count}");
        }
    }
}
