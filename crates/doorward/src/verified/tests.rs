use super::*;

const NOW: Time = 1_000;

fn cache() -> Verified {
    Verified::new().expect("randomness")
}

fn checked(right: bool) -> Checked {
    Checked { user: Some(UserNumber(4)), epoch: 1, right, until: NOW + Verified::LIFETIME }
}

#[test]
fn no_two_credentials_share_a_digest() {
    let cache = cache();
    let digests = [
        cache.digest("r", "login", b"password"),
        cache.digest("r", "loginp", b"assword"),
        cache.digest("rl", "ogin", b"password"),
        cache.digest("r", "login", b"passwore"),
        cache.digest("r", "login", b"Password"),
        cache.digest("", "rlogin", b"password"),
        cache.digest("r", "", b"loginpassword"),
    ];
    for (place, one) in digests.iter().enumerate() {
        assert!(digests[..place].iter().all(|other| other != one), "{place}");
    }
    assert!(cache.digest("r", "login", b"password") == digests[0]);
}

#[test]
fn another_process_has_another_key() {
    assert!(cache().digest("r", "login", b"password") != cache().digest("r", "login", b"password"));
}

#[tokio::test]
async fn what_was_found_out_is_believed_for_a_minute() {
    let cache = cache();
    let digest = cache.digest("r", "login", b"password");
    assert!(cache.peek(digest, NOW).is_none());
    let Err(turn) = cache.wait(digest, NOW).await else { panic!("nothing is known yet") };
    let _ = turn.insert(checked(true));
    assert!(cache.peek(digest, NOW + Verified::LIFETIME - 1).is_some_and(|known| known.right && known.epoch == 1));
    assert!(cache.wait(digest, NOW).await.is_ok());
    assert!(cache.peek(digest, NOW + Verified::LIFETIME).is_none());
    assert!(cache.wait(digest, NOW + Verified::LIFETIME).await.is_err());
}

#[tokio::test]
async fn parallel_questions_are_answered_by_one_computation() {
    let cache = std::sync::Arc::new(cache());
    let digest = cache.digest("r", "login", b"password");
    let Err(turn) = cache.wait(digest, NOW).await else { panic!("nothing is known yet") };
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.wait(digest, NOW).await.is_ok() })
        })
        .collect();
    tokio::task::yield_now().await;
    let _ = turn.insert(checked(false));
    for question in waiting {
        assert!(question.await.expect("an answer"));
    }
}

#[tokio::test]
async fn whoever_gives_up_leaves_the_turn_to_the_next() {
    let cache = cache();
    let digest = cache.digest("r", "login", b"password");
    let turn = cache.wait(digest, NOW).await;
    assert!(turn.is_err());
    drop(turn);
    assert!(cache.wait(digest, NOW).await.is_err());
}

#[tokio::test]
async fn what_is_forgotten_must_be_found_out_again() {
    let cache = cache();
    let digests = ["a", "b"].map(|login| cache.digest("r", login, b"password"));
    for digest in digests {
        let Err(turn) = cache.wait(digest, NOW).await else { panic!("nothing is known yet") };
        let _ = turn.insert(checked(true));
    }
    cache.forget(digests[0]);
    assert!(cache.peek(digests[0], NOW).is_none() && cache.peek(digests[1], NOW).is_some());
    cache.forget_all();
    assert!(cache.peek(digests[1], NOW).is_none());
}
