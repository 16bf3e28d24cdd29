//! A user, as administrators see one and as they alter one.

use doorward::User;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::own::Timestamp;

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = AdministeredUser)]
pub(crate) struct View {
    /// The public id.
    #[schema(example = "7")]
    pub(crate) id: String,
    /// The realm that the user belongs to.
    pub(crate) realm: String,
    /// What the person types to log in.
    pub(crate) login: String,
    /// The name to show.
    pub(crate) name: String,
    /// An address to write to.
    #[schema(required)]
    pub(crate) email: Option<String>,
    /// Names of roles.
    pub(crate) roles: Vec<String>,
    pub(crate) state: State,
    /// Values for forced parameters.
    #[schema(value_type = Object)]
    pub(crate) attributes: Map<String, Value>,
    /// Whether a password is set. Without one, issue a code.
    pub(crate) has_password: bool,
    /// Wrong passwords since the last right one.
    pub(crate) failures: u32,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) last_login_at: Option<Timestamp>,
    /// By a log-in, with a session or by HTTP Basic, up to a minute late. Null for whoever was never seen.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) last_seen_at: Option<Timestamp>,
    /// Changes with every alteration. Sent along with one, it keeps an old form from undoing what somebody else has done.
    pub(crate) version: String,
}

/// Whether a user may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UserState)]
pub(crate) enum State {
    Active,
    Disabled,
}

/// A user to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub(crate) struct Draft {
    /// May be left out where there is only one.
    pub(super) realm: Option<String>,
    /// The public id. A number when absent.
    pub(super) id: Option<String>,
    pub(super) login: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) roles: Vec<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(super) attributes: Map<String, Value>,
}

/// What to alter of a user. What is absent stays. All of it is checked before the first of it is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserChanges)]
pub(crate) struct Changes {
    pub(super) login: Option<String>,
    pub(super) name: Option<String>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub(super) email: Option<Option<String>>,
    /// All of them.
    #[schema(value_type = Option<Object>)]
    pub(super) attributes: Option<Map<String, Value>>,
    pub(super) state: Option<State>,
    pub(super) roles: Option<RoleChanges>,
    /// What `version` said when the user was read. Refused with `user_changed` when it is another.
    pub(super) version: Option<String>,
}

/// All roles, or those to give and to take.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RoleChanges {
    /// These and no others.
    All(Vec<String>),
    /// Some more, some less.
    Some(AddRemove),
}

/// Roles to give and to take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddRemove {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// A code for one use, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = OneTimeCode)]
pub(crate) struct Code {
    /// To be handed to the person, who redeems it at `/user/password-reset`.
    pub(super) code: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

impl View {
    pub(crate) fn of(user: User) -> Self {
        Self {
            version: user.version().to_string(),
            id: user.id.to_string(),
            realm: user.realm.to_string(),
            login: user.login.to_string(),
            roles: user.roles.iter().map(ToString::to_string).collect(),
            state: user.state.into(),
            has_password: user.password.is_some(),
            failures: user.failures,
            created_at: Timestamp(user.created),
            last_login_at: user.last_login.map(Timestamp),
            last_seen_at: user.last_seen.map(Timestamp),
            name: user.name,
            email: user.email,
            attributes: user.attributes,
        }
    }
}

impl RoleChanges {
    /// What to give and what to take, for somebody who has `roles`.
    pub(super) fn split(self, user: &User) -> (Vec<String>, Vec<String>) {
        match self {
            Self::Some(AddRemove { add, remove }) => (add, remove),
            Self::All(all) => {
                let has = |role: &String| user.roles.iter().any(|own| own.as_str() == role);
                let gone = user.roles.iter().map(ToString::to_string).filter(|role| !all.contains(role)).collect();
                (all.into_iter().filter(|role| !has(role)).collect(), gone)
            }
        }
    }
}

impl From<doorward::UserState> for State {
    fn from(state: doorward::UserState) -> Self {
        match state {
            doorward::UserState::Active => Self::Active,
            doorward::UserState::Disabled => Self::Disabled,
        }
    }
}

impl From<State> for doorward::UserState {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Disabled => Self::Disabled,
        }
    }
}

/// Tells `null` from absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
