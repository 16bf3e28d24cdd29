//! `doorward import magento`, as a whole: what modules declare, what becomes of it, and whom it lets through.

mod kit;

#[path = "magento/answers.rs"]
mod answers;
#[path = "magento/exact.rs"]
mod exact;
#[path = "magento/exports.rs"]
mod exports;
#[path = "magento/model.rs"]
mod model;
#[path = "magento/odd.rs"]
mod odd;
#[path = "magento/order.rs"]
mod order;
#[path = "magento/served.rs"]
mod served;
#[path = "magento/shop.rs"]
mod shop;
