//! Pages with the usual clients of other systems, unaltered, in a real browser.

#[path = "dialects/ez.rs"]
mod ez;
#[path = "dialects/kirby.rs"]
mod kirby;
#[path = "dialects/magento.rs"]
mod magento;
#[path = "dialects/premises.rs"]
mod premises;
#[path = "dialects/secure.rs"]
mod secure;
