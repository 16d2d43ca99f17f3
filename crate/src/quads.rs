//! Values `[rows, C]` stored for SIMD: four rows are the lanes of a vector, `[rows / 4, C, 4]`.

use crate::checked::Checked;
use crate::memory::replace;
use crate::simd::{F32x4, LANES};
use alloc::vec::Vec;
use core::ops::Range;

/// Logits, probabilities or output gradients of a batch. Rows are padded to four, classes to two; padding holds no meaning
/// in logits and zeros in gradients.
pub struct Quads {
    classes: usize,
    /// Classes with the padding: the vectors from one quad to the next.
    stride: usize,
    /// Vectors in use.
    length: usize,
    /// The largest batch's.
    values: Vec<F32x4>,
}

impl Quads {
    pub fn new(classes: usize) -> Self {
        Self { classes, stride: classes.next_multiple_of(2), length: 0, values: Vec::new() }
    }

    /// Makes room for `rows` rows; what was there before is lost.
    pub fn resize(&mut self, rows: usize) {
        self.length = rows.div_ceil(LANES) * self.stride;
        if self.values.len() < self.length {
            replace(&mut self.values, self.length);
        }
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn values(&self) -> &[F32x4] {
        self.values.at(..self.length)
    }

    pub fn values_mut(&mut self) -> &mut [F32x4] {
        self.values.at_mut(..self.length)
    }

    /// Every quad, by classes with the padding.
    pub fn iter(&self) -> impl Iterator<Item = &[F32x4]> {
        self.values().chunks_exact(self.stride.max(1))
    }

    /// Every quad, by classes with the padding.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [F32x4]> {
        let stride = self.stride.max(1);
        self.values_mut().chunks_exact_mut(stride)
    }

    /// The quads of some rows, which start at a multiple of four.
    pub fn of_rows(&self, rows: Range<usize>) -> impl Iterator<Item = &[F32x4]> {
        self.iter().skip(rows.start / LANES).take(rows.len().div_ceil(LANES))
    }

    /// Copies one row.
    pub fn copy_row(&self, row: usize, target: &mut [f32]) {
        let quad = self.values.at(row / LANES * self.stride..);
        for (target, value) in target.iter_mut().zip(quad) {
            *target = value.to_array()[row % LANES];
        }
    }

    /// One value.
    #[cfg(test)]
    pub fn get(&self, row: usize, class: usize) -> f32 {
        self.values[row / LANES * self.stride + class].to_array()[row % LANES]
    }
    /// Sets one value.
    #[cfg(test)]
    pub fn set(&mut self, row: usize, class: usize, value: f32) {
        self.values[row / LANES * self.stride + class].lanes_mut()[row % LANES] = value;
    }
}
