//! Memory that may not suffice: arrays of zeros, all of which come from here.

use crate::checked::trap;
use bytemuck::Zeroable;
use bytemuck::allocation::try_zeroed_vec;

/// Bytes that memory moves at once.
pub const CACHE_LINE: usize = 64;

// SAFETY: four times a float32 of zero.
unsafe impl Zeroable for crate::simd::F32x4 {}

/// So many zeros; nothing where memory does not suffice.
pub fn try_zeros<T: Zeroable>(length: usize) -> Option<Vec<T>> {
    try_zeroed_vec(length).ok()
}

/// So many zeros, of which there are few enough.
pub fn zeros<T: Zeroable>(length: usize) -> Vec<T> {
    try_zeros(length).unwrap_or_else(|| trap())
}

/// Makes `values` so many zeros; the old ones are freed before.
pub fn replace<T: Zeroable>(values: &mut Vec<T>, length: usize) {
    *values = Vec::new();
    *values = zeros(length);
}
