//! One timer for all that a connection waits for: set seldom, since most waits end long before they are late.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// Armed at the first wait, and then only when it rings or would ring too late.
#[derive(Default)]
pub(super) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready once it is later than `deadline`.
    pub(super) fn poll_late(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            // It rang for an earlier wait, which is over.
            sleep.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn each_wait_has_its_own_end() {
        let mut timer = Timer::default();
        let begun = Instant::now();
        for (wait, end) in [(10, 10), (30, 40), (5, 45), (60, 105)] {
            let deadline = Instant::now() + Duration::from_millis(wait);
            poll_fn(|cx| timer.poll_late(cx, deadline)).await;
            assert!(begun.elapsed() >= Duration::from_millis(end), "{end}");
        }
    }

    #[tokio::test]
    async fn a_wait_that_ends_sooner_than_the_one_before_is_not_late() {
        let mut timer = Timer::default();
        let far = Instant::now() + Duration::from_secs(3_600);
        let polled = poll_fn(|cx| Poll::Ready(timer.poll_late(cx, far))).await;
        assert!(polled.is_pending());
        let near = Instant::now() + Duration::from_millis(5);
        poll_fn(|cx| timer.poll_late(cx, near)).await;
        assert!(Instant::now() >= near);
    }
}
