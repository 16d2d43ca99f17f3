//! Values `[rows, C]` stored for SIMD: four rows are the lanes of a vector, `[rows / 4, C, 4]`.

use crate::simd::{F32x4, LANES};
use alloc::vec::Vec;
use core::ops::Range;

/// Logits, probabilities or output gradients of a batch. Rows are padded to four, classes to two; padding holds no meaning
/// in logits and zeros in gradients.
pub struct Quads {
    classes: usize,
    stride: usize,
    values: Vec<F32x4>,
}

impl Quads {
    pub fn new(classes: usize) -> Self {
        Self { classes, stride: classes.next_multiple_of(2), values: Vec::new() }
    }

    /// Makes room for `rows` rows; what was there before is lost.
    #[inline(never)]
    pub fn resize(&mut self, rows: usize) {
        self.values.resize(rows.div_ceil(LANES) * self.stride, F32x4::splat(0.0));
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Classes with the padding: the vectors from one quad to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    pub fn values(&self) -> &[F32x4] {
        &self.values
    }

    pub fn values_mut(&mut self) -> &mut [F32x4] {
        &mut self.values
    }

    /// Every quad, by classes with the padding.
    pub fn iter(&self) -> impl Iterator<Item = &[F32x4]> {
        self.values.chunks_exact(self.stride)
    }

    /// Every quad, by classes with the padding.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [F32x4]> {
        self.values.chunks_exact_mut(self.stride)
    }

    /// The quads of some rows, which start at a multiple of four.
    pub fn of_rows(&self, rows: Range<usize>) -> impl Iterator<Item = &[F32x4]> {
        self.iter().skip(rows.start / LANES).take(rows.len().div_ceil(LANES))
    }

    /// Copies one row.
    pub fn copy_row(&self, row: usize, target: &mut [f32]) {
        let quad = &self.values[row / LANES * self.stride..];
        for (target, value) in target.iter_mut().zip(quad) {
            *target = value.to_array()[row % LANES];
        }
    }

    /// One value.
    #[cfg(test)]
    pub fn get(&self, row: usize, class: usize) -> f32 {
        self.values[row / LANES * self.stride + class].to_array()[row % LANES]
    }
}
