//! What is told of a request that nobody makes.

use super::*;

#[test]
fn a_path_of_somebody_else_is_refused_whatever_else_is_forced() {
    let text = "[[route]]\nmatch = \"GET /carts/:cart/of/:customer\"\naccess = \"self\"\n\
                force = { customer = \"%user_id%\", cart = \"%attribute.cart%\" }\n";
    let policy = compiled(text);
    let ask = |id: Option<&str>| {
        let (realm, user_id) = (Some(name("default")), id.map(str::to_owned));
        let question =
            Question { method: "GET".into(), path: "/carts/3/of/7".into(), realm, user_id, ..Question::default() };
        policy.explain(Door::Public, &question).status
    };
    assert_eq!((ask(Some("7")), ask(Some("8")), ask(Some("07")), ask(None)), (200, 404, 404, 200));
}
