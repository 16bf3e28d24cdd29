use super::*;
use crate::name::Name;
use crate::sessions::tests::shelf::Shelf;
use crate::user::{Login, UserId, UserState};

fn user(epoch: u32) -> User {
    User {
        number: UserNumber(4),
        realm: Name::parse("default").expect("a name"),
        id: UserId::parse("4").expect("an id"),
        login: Login::parse("anna").expect("a login"),
        name: "Anna".into(),
        email: None,
        roles: Vec::new(),
        state: UserState::Active,
        attributes: serde_json::Map::new(),
        epoch,
        password: None,
        failures: 0,
        created: 0,
        last_login: None,
        last_seen: None,
    }
}

async fn epoch(table: &Users, store: &Shelf) -> Option<u32> {
    table.load(UserNumber(4), store).await.expect("the store answers").map(|user| user.epoch)
}

#[tokio::test]
async fn a_user_is_read_once_until_they_change() {
    let (table, store) = (Users::default(), Shelf::default());
    store.put_user(user(1));
    assert_eq!([epoch(&table, &store).await, epoch(&table, &store).await], [Some(1); 2]);
    assert_eq!((store.asked(), table.len()), (1, 1));
    store.put_user(user(2));
    table.forget(UserNumber(4));
    assert_eq!(epoch(&table, &store).await, Some(2));
    table.forget_all();
    assert!(table.peek(UserNumber(4)).is_none());
    assert_eq!((epoch(&table, &store).await, store.asked()), (Some(2), 3));
}

#[tokio::test]
async fn a_user_who_changes_while_they_are_read_is_read_again() {
    let (table, store) = (Users::default(), Shelf::default());
    store.put_user(user(1));
    store.close();
    let changes = async {
        store.asked_once().await;
        store.put_user(user(2));
        table.forget(UserNumber(4));
        store.open();
    };
    let (found, ()) = tokio::join!(epoch(&table, &store), changes);
    assert_eq!((found, store.asked()), (Some(2), 2));
    assert_eq!(table.peek(UserNumber(4)).map(|user| user.epoch), Some(2));
}

#[tokio::test]
async fn nobody_is_not_remembered_and_neither_is_an_outage() {
    let (table, store) = (Users::default(), Shelf::default());
    assert_eq!(epoch(&table, &store).await, None);
    store.fail(true);
    assert!(table.load(UserNumber(4), &store).await.is_err());
    store.fail(false);
    store.put_user(user(1));
    assert_eq!(epoch(&table, &store).await, Some(1));
}
