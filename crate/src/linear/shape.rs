//! How the layers lay out W and dW: rows of features padded to `TILE`, classes padded to two, so that the inner loops
//! need no remainders.

use crate::checked::{Checked, trap};
use crate::quads::Quads;
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};

/// Features per turn of the inner loops.
pub const TILE: usize = 16;

/// Features that the forward pass sums at a time; of int16 products, int32 holds at most 4 · 257.
pub const FORWARD_PANEL: usize = 1024;
/// Rows that the backward pass sums in registers; of int16 products, int32 holds at most 257.
pub const BACKWARD_ROWS: usize = 256;
/// Features that the backward pass gathers at a time: with all its rows they fit an L2 cache as float32, and seven such panels are
/// 28 × 28.
pub const BACKWARD_PANEL: usize = 7 * TILE;

/// Sums of a tile of features.
pub type Tile = [F32x4; TILE / LANES];

#[derive(Clone, Copy)]
pub struct Shape {
    pub features: usize,
    /// Features, padded: the distance of two rows.
    pub stride: usize,
    pub classes: usize,
    /// Classes, padded.
    pub rows: usize,
}

impl Shape {
    pub fn new(features: usize, classes: usize) -> Self {
        Self { features, stride: features.next_multiple_of(TILE), classes, rows: classes.next_multiple_of(2) }
    }

    /// The first class of every pair.
    #[inline(always)]
    pub fn pairs(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.rows / 2).map(|pair| 2 * pair)
    }

    /// Values of W or dW with the padding.
    pub fn size(&self) -> usize {
        self.rows * self.stride
    }

    /// Rows of inputs that are fetched together, then read against all of W: as many as fit an L1 cache beside W, or many where
    /// W has to come from afar each time.
    pub fn block_rows(&self, bytes_per_weight: usize, bytes_per_input: usize) -> usize {
        // A shape without features divides by zero, or carries the code of a panic.
        let row = (self.stride * bytes_per_input).max(1);
        let fitting = ((12 << 10) / row).next_multiple_of(LANES).clamp(16, 64);
        if self.size() * bytes_per_weight <= 64 << 10 { fitting } else { 64 }
    }
}

/// Puts dW and db together, tile by tile.
pub struct GradientWriter<'a> {
    features: usize,
    scaling: Option<&'a Scaling>,
    weight: &'a mut [f32],
    bias: &'a mut [f32],
}

impl<'a> GradientWriter<'a> {
    /// `gradient` is dW `[C, D]` followed by db `[C]`, the sum of the output gradient. `scaling` is what was folded into W.
    pub fn new(shape: Shape, scaling: Option<&'a Scaling>, output_gradient: &Quads, gradient: &'a mut [f32]) -> Self {
        let Some((weight, bias)) = gradient.split_at_mut_checked(shape.classes * shape.features) else { trap() };
        for (class, bias) in bias.iter_mut().enumerate() {
            let sum = output_gradient.iter().fold(F32x4::splat(0.0), |sum, quad| sum.add(*quad.at(class)));
            let lanes = sum.to_array();
            *bias = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
        }
        Self { features: shape.features, scaling, weight, bias }
    }

    /// Sets, or from the second run of rows on adds to, dW of a tile of features of one class. Padding is dropped.
    #[inline(never)]
    pub fn write(&mut self, class: usize, feature: usize, tile: &mut Tile, is_first: bool) {
        let Some(&bias) = self.bias.get(class) else { return };
        if let Some(scaling) = self.scaling {
            scaling.unfold(tile, feature, if is_first { bias } else { 0.0 });
        }
        let target = self.weight.at_mut(class * self.features..).at_mut(feature..self.features);
        if target.len() >= TILE {
            // SAFETY: that is a tile.
            unsafe { add(target.as_mut_ptr(), tile, is_first) }
        } else {
            let mut padded = [0.0; TILE];
            padded.at_mut(..target.len()).copy_from_slice(target);
            // SAFETY: so is this.
            unsafe { add(padded.as_mut_ptr(), tile, is_first) }
            target.copy_from_slice(padded.at(..target.len()));
        }
    }
}

/// Adds a tile to what is at `target`, or to zero.
///
/// # Safety
/// `target` must be readable and writable for a tile.
#[inline(always)]
unsafe fn add(target: *mut f32, tile: &Tile, is_first: bool) {
    for (index, lanes) in tile.iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe {
            let target = target.add(index * LANES);
            let before = if is_first { F32x4::splat(0.0) } else { F32x4::load(target) };
            before.add(*lanes).store(target);
        }
    }
}
