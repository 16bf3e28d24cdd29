//! How much of a list is asked for.

use clap::Args;
use doorward::store::{Listed, Page, StoreError};

/// Which part of a list.
#[derive(Args)]
pub struct Part {
    /// At most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000)]
    limit: u32,
    /// Go on after the `next` of an earlier answer.
    #[arg(long, value_name = "NEXT")]
    after: Option<String>,
}

/// So many are asked for at once: a list of millions is no single answer.
const AT_ONCE: u32 = 500;

impl Part {
    /// Asks page after page until there is enough.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn gather<T>(
        &self,
        mut ask: impl AsyncFnMut(Page) -> Result<Listed<T>, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        let mut all = Listed { items: Vec::new(), next: self.after.clone() };
        let mut left = self.limit;
        while left > 0 {
            let page = ask(Page { after: all.next.take(), limit: left.min(AT_ONCE) }).await?;
            left = left.saturating_sub(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            all.items.extend(page.items);
            all.next = page.next;
            if all.next.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Says on standard error that there is more.
    ///
    /// # Errors
    /// None; for the end of a verb.
    pub fn say_more<T>(&self, listed: &Listed<T>) -> anyhow::Result<()> {
        if let Some(next) = &listed.next {
            eprintln!("There is more: --after {next}, or a greater --limit.");
        }
        Ok(())
    }
}
