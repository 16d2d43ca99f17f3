//! Values `[rows, C]` stored for SIMD: four rows are the lanes of a vector, `[rows / 4, C, 4]`.

use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Logits, probabilities or output gradients of a batch. Rows are padded to four, classes to two; padding holds no meaning
/// in logits and zeros in gradients.
pub struct Quads {
    classes: usize,
    stride: usize,
    values: Vec<f32>,
}

impl Quads {
    pub fn new(classes: usize) -> Self {
        Self { classes, stride: classes.next_multiple_of(2) * LANES, values: Vec::new() }
    }

    /// Makes room for `rows` rows; what was there before is lost.
    pub fn resize(&mut self, rows: usize) {
        self.values.resize(rows.div_ceil(LANES) * self.stride, 0.0);
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Distance from one quad to the next, in values.
    pub fn stride(&self) -> usize {
        self.stride
    }

    pub fn values(&self) -> &[f32] {
        &self.values
    }

    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Every quad with the number of its first row.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (usize, Quad<'_>)> {
        let classes = self.classes;
        let quads = self.values.chunks_exact_mut(self.stride).enumerate();
        quads.map(move |(index, values)| (index * LANES, Quad { classes, values }))
    }

    /// Copies some rows by classes, `[C padded to two, stride]`. `rows` starts at a multiple of four.
    pub fn copy_classes(&self, rows: Range<usize>, stride: usize, target: &mut [f32]) {
        let quads = self.values.chunks_exact(self.stride).skip(rows.start / LANES).take(rows.len().div_ceil(LANES));
        for (quad, values) in quads.enumerate() {
            for (lanes, class) in values.chunks_exact(LANES).zip(target.chunks_exact_mut(stride)) {
                class[quad * LANES..][..LANES].copy_from_slice(lanes);
            }
        }
    }

    /// The sum over all rows of one class.
    pub fn sum(&self, class: usize) -> f32 {
        let mut sums = [0.0; LANES];
        for quad in self.values.chunks_exact(self.stride) {
            for (sum, value) in sums.iter_mut().zip(&quad[class * LANES..]) {
                *sum += value;
            }
        }
        (sums[0] + sums[2]) + (sums[1] + sums[3])
    }

    /// Position of a row's class in [`Quads::values`].
    pub fn position(&self, row: usize, class: usize) -> usize {
        row / LANES * self.stride + class * LANES + row % LANES
    }
}

/// Four rows of all classes.
pub struct Quad<'a> {
    classes: usize,
    values: &'a mut [f32],
}

impl Quad<'_> {
    pub fn classes(&self) -> usize {
        self.classes
    }

    #[inline(always)]
    pub fn get(&self, class: usize) -> F32x4 {
        let lanes = &self.values[class * LANES..][..LANES];
        // SAFETY: the slice holds four values.
        unsafe { F32x4::load(lanes.as_ptr()) }
    }

    #[inline(always)]
    pub fn set(&mut self, class: usize, value: F32x4) {
        let lanes = &mut self.values[class * LANES..][..LANES];
        // SAFETY: the slice holds four values.
        unsafe { value.store(lanes.as_mut_ptr()) }
    }

    /// Replaces the values of every class.
    #[inline(always)]
    pub fn update(&mut self, change: impl Fn(F32x4) -> F32x4) {
        for class in 0..self.classes {
            self.set(class, change(self.get(class)));
        }
    }

    #[inline(always)]
    pub fn lane(&mut self, class: usize, lane: usize) -> &mut f32 {
        &mut self.values[class * LANES + lane]
    }

    /// Zeros the padding: the class beyond the last, and the lanes from `rows` on.
    pub fn clear_padding(&mut self, rows: usize) {
        self.values[self.classes * LANES..].fill(0.0);
        for class in 0..self.classes {
            for lane in rows..LANES {
                *self.lane(class, lane) = 0.0;
            }
        }
    }
}
