//! Samples, how they are scaled, and which of them are trained on.

pub mod batch;
pub mod samples;
pub mod scaling;
pub mod split;

/// Features are read in groups of so many. The last group of a row reaches into the next row, or into the padding behind the last.
pub const GROUP: usize = 16;
