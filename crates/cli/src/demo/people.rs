//! Who is in the demo.

use doorward::{Actor, Engine, Login, Name, UserDraft};
use zeroize::Zeroizing;

/// Somebody to log in as.
pub struct Person {
    pub realm: &'static str,
    pub id: &'static str,
    pub login: &'static str,
    pub name: &'static str,
    pub password: &'static str,
    pub roles: &'static [&'static str],
}

pub const ANNA: Person = Person {
    realm: "customer",
    id: "7",
    login: "anna@example.com",
    name: "Anna Berg",
    password: "anna-drinks-green-tea",
    roles: &[],
};

pub const BEN: Person = Person {
    realm: "customer",
    id: "8",
    login: "ben@example.com",
    name: "Ben Okafor",
    password: "ben-collects-old-maps",
    roles: &[],
};

pub const ALEX: Person = Person {
    realm: "admin",
    id: "1",
    login: "alex@example.com",
    name: "Alex Moreau",
    password: "alex-holds-every-key",
    roles: &["administrator"],
};

pub const SAM: Person = Person {
    realm: "admin",
    id: "2",
    login: "sam@example.com",
    name: "Sam Novak",
    password: "sam-answers-the-phone",
    roles: &["support"],
};

pub const KIM: Person = Person {
    realm: "admin",
    id: "3",
    login: "kim@example.com",
    name: "Kim Tanaka",
    password: "kim-writes-each-page",
    roles: &["editor"],
};

/// All of them.
pub const PEOPLE: [&Person; 5] = [&ANNA, &BEN, &ALEX, &SAM, &KIM];

/// Adds those who are not there yet.
///
/// # Errors
/// When the store does not answer.
pub async fn invite(engine: &Engine) -> anyhow::Result<()> {
    let actor = Actor { name: "demo".into(), ..Actor::console() };
    for person in PEOPLE {
        let (realm, login) = (Name::parse(person.realm)?, Login::parse(person.login)?);
        if engine.store().user_by_login(realm, login).await?.is_some() {
            continue;
        }
        let draft = UserDraft {
            realm: Some(person.realm.into()),
            id: Some(person.id.into()),
            login: person.login.into(),
            name: person.name.into(),
            email: Some(person.login.into()),
            roles: person.roles.iter().map(|role| (*role).to_owned()).collect(),
            attributes: serde_json::Map::new(),
            password: Some(Zeroizing::new(person.password.into())),
        };
        let added = engine.create_user(&actor, draft).await;
        added.map_err(|refusal| anyhow::anyhow!("{} was not added: {}", person.login, refusal.code()))?;
    }
    Ok(())
}
