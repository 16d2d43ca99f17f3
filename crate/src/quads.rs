//! Values of a batch, [B, C], stored for SIMD: four rows are the lanes of a vector.
//!
//! ```text
//!               class 0       class 1             class C−1     padding
//! quad 0     r0 r1 r2 r3   r0 r1 r2 r3    …    r0 r1 r2 r3   · · · ·
//! quad 1     r4 r5 r6 r7   r4 r5 r6 r7    …
//! ```
//!
//! Rows are padded to four, classes to [`CLASS_PADDING`]. What padding holds has no meaning in logits; in gradients it is zero.

use crate::memory::{OutOfMemory, reserve};
use crate::simd::LANES;

/// Classes are padded to a multiple of this.
pub const CLASS_PADDING: usize = 2;

/// Four rows of one class.
pub type Lanes = [f32; LANES];

/// Logits, then probabilities, then output gradients of a batch.
pub struct Quads {
    classes: usize,
    padded_classes: usize,
    rows: usize,
    values: Box<[Lanes]>,
}

impl Quads {
    /// No rows yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, padded_classes: classes.next_multiple_of(CLASS_PADDING), rows: 0, values: Box::default() }
    }

    /// Makes room for batches of up to `rows` rows.
    pub fn reserve(&mut self, rows: usize) -> Result<(), OutOfMemory> {
        reserve(&mut self.values, rows.div_ceil(LANES).checked_mul(self.padded_classes).ok_or(OutOfMemory)?)
    }

    /// Begins a batch of `rows` rows, for which there must be room. What was there before has no meaning any more.
    pub fn begin(&mut self, rows: usize) {
        assert!(rows.div_ceil(LANES) * self.padded_classes <= self.values.len());
        self.rows = rows;
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    fn len(&self) -> usize {
        self.rows.div_ceil(LANES) * self.padded_classes
    }

    /// Every quad of rows, by classes with the padding.
    pub fn iter(&self) -> impl Iterator<Item = &[Lanes]> {
        self.values[..self.len()].chunks_exact(self.padded_classes)
    }

    /// Every quad of rows, by classes with the padding.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [Lanes]> {
        let length = self.len();
        self.values[..length].chunks_exact_mut(self.padded_classes)
    }

    /// The classes `class` and following, up to the next multiple of [`CLASS_PADDING`], of a quad of rows.
    #[inline(always)]
    pub fn tile_mut(&mut self, quad: usize, class: usize) -> &mut [Lanes; CLASS_PADDING] {
        let start = quad * self.padded_classes + class;
        self.values[start..].first_chunk_mut().expect("classes are padded")
    }

    /// Copies one row `[C]`.
    pub fn copy_row(&self, row: usize, target: &mut [f32]) {
        let quad = &self.values[row / LANES * self.padded_classes..][..self.classes];
        for (target, lanes) in target.iter_mut().zip(quad) {
            *target = lanes[row % LANES];
        }
    }

    /// One value.
    #[cfg(test)]
    pub fn value_mut(&mut self, row: usize, class: usize) -> &mut f32 {
        &mut self.values[row / LANES * self.padded_classes + class][row % LANES]
    }

    /// Fills everything, the padding too, as a batch before might have left it.
    #[cfg(test)]
    pub fn poison(&mut self, value: f32) {
        self.values.as_flattened_mut().fill(value);
    }
}
