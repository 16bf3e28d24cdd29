//! `/system`: what a client needs to know before somebody logs in.

use axum::response::Response;
use doorward::UserState;
use doorward::store::{Page, UserFilter, UserOrder};
use serde_json::{Value, json};

use super::answer::{model, object};
use super::call::Call;
use super::fault::Fault;
use super::user::{AUTH, Shape, email};
use super::viewer::Viewer;

/// All that there is to see, by name.
const FIELDS: [&str; 6] = ["authStatus", "isInstallable", "isInstalled", "isOk", "loginMethods", "user"];
const PANEL: &[&str] = &["authStatus", "isInstallable", "isInstalled", "isOk", "loginMethods", "user"];
const LOGIN: &[&str] = &["authStatus", "isInstalled", "isOk", "loginMethods"];
const TROUBLESHOOTING: &[&str] = &["isInstallable", "isInstalled", "isOk"];

/// `GET /system`.
pub(super) async fn show(call: Call) -> Result<Response, Fault> {
    let is_installed = has_users(&call).await?;
    let fields: Vec<&str> = match (call.query.get("select"), call.query.get("view")) {
        (Some(names), _) => {
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            FIELDS.into_iter().filter(|field| names.contains(field)).collect()
        }
        (None, Some("panel")) => PANEL.to_vec(),
        (None, Some("login")) => LOGIN.to_vec(),
        (None, Some("troubleshooting")) => TROUBLESHOOTING.to_vec(),
        (None, Some(_)) => return Err(Fault::argument("There is no such view")),
        (None, None) if call.known().is_some() => PANEL.to_vec(),
        (None, None) if is_installed => LOGIN.to_vec(),
        (None, None) => TROUBLESHOOTING.to_vec(),
    };
    let members = fields.into_iter().map(|field| (field.to_owned(), value(&call, field, is_installed)));
    Ok(call.answer(&model(object(members))))
}

/// `POST /system/install`. The first user is added by whoever runs Doorward: otherwise it would be the first who comes along.
pub(super) async fn install(call: Call) -> Result<Response, Fault> {
    call.check_token().await?;
    let message = match has_users(&call).await? {
        true => "The Panel is already installed",
        false => "The Panel cannot be installed",
    };
    Err(Fault::general(message, "not_installable"))
}

fn value(call: &Call, field: &str, is_installed: bool) -> Value {
    let user = call.known().map(|known| known.user());
    match field {
        "authStatus" => json!({
            "challenge": null,
            "email": user.map(email),
            "mode": null,
            "status": if user.is_some() { "active" } else { "inactive" },
        }),
        // Users are added by whoever administers them.
        "isInstallable" => json!(false),
        "isInstalled" => json!(is_installed),
        "isOk" => json!(true),
        "loginMethods" => json!(["password"]),
        _ => user.map_or(Value::Null, |user| Shape::of(AUTH).show(user, &Viewer::new(call.policy(), user))),
    }
}

/// Whether somebody could log in at all.
async fn has_users(call: &Call) -> Result<bool, Fault> {
    let realm = Some(call.policy().realm(call.realm).name().clone());
    let filter = UserFilter { realm, state: Some(UserState::Active), ..UserFilter::default() };
    let listed = call.engine().store().users(filter, UserOrder::default(), Page { after: None, limit: 1 }).await?;
    Ok(!listed.items.is_empty())
}
