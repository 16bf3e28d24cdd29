//! A sign of life for what takes longer than a second: on standard error, and only where a person looks.

use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits for `work`, and says what for when it takes long.
pub async fn patiently<T>(what: &'static str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut work).await {
        return done;
    }
    // Hidden by itself where standard error is no terminal.
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    let done = work.await;
    bar.finish_and_clear();
    done
}

/// A bar for work that knows how far it is; it appears after a second.
pub struct Steps {
    what: &'static str,
    began: std::time::Instant,
    bar: Option<ProgressBar>,
}

impl Steps {
    /// Begins, and shows nothing yet.
    pub fn begin(what: &'static str) -> Self {
        Self { what, began: std::time::Instant::now(), bar: None }
    }

    /// So much is done, of so much.
    pub fn reach(&mut self, done: u64, total: u64) {
        if self.began.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}%");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(style).with_message(self.what)
        });
        bar.set_length(total);
        bar.set_position(done);
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
