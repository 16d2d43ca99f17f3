//! How parameters follow their gradient, and at which rate.

pub mod schedule;
pub mod sgd;
