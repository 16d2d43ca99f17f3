//! Functions whose results must be the same bits everywhere: an engine's or a system's own would differ.

pub mod exp_ln;
pub mod random;
