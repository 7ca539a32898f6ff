//! The stream of logins: customers who come back from the places and with the devices they have, and the attackers of the
//! published taxonomy. Seedable: the same seed, the same stream.
//!
//! The roaming life was written and frozen before the models it judges. Then one thing was found: on it the published model
//! does far worse than its published curve. So a settled life was put beside it, after both models had been seen on the first; the
//! published model is nearer to its curve there, and still well short of it. Every report shows both. What must never enter: a model, or a figure that was chosen for ours.

mod attack;
mod client;
mod customer;
mod draw;
pub mod facts;
mod law;
mod world;

pub use attack::Attacker;
pub use client::Agent;
pub use customer::Login;
#[cfg(test)]
pub use customer::Truth;
pub use draw::Dice;
pub use facts::assumed::{Life, ROAMING, SETTLED};
pub use law::{Interval, Law, is_frozen, lags};
pub use world::{Place, World};

/// Every login of `customers` customers who lead this `life`, in the order of time.
pub fn stream(world: &World, life: Life, seed: u64, customers: u32) -> Vec<Login> {
    let mut all: Vec<Login> =
        (0..customers).flat_map(|customer| customer::logins(world, life, seed, customer)).collect();
    all.sort_by(|a, b| a.day.total_cmp(&b.day).then(a.customer.cmp(&b.customer)));
    all
}
