//! How the layers lay out W and dW: rows of features padded to `TILE`, classes padded to two, so that the inner loops
//! need no remainders.

use super::Gradient;
use crate::quads::Quads;
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};

/// Features per turn of the inner loops.
pub const TILE: usize = 16;

#[derive(Clone, Copy)]
pub struct Shape {
    pub features: usize,
    /// Features, padded: the distance of two rows.
    pub stride: usize,
    /// Classes, padded.
    pub rows: usize,
}

impl Shape {
    pub fn new(features: usize, classes: usize) -> Self {
        Self { features, stride: features.next_multiple_of(TILE), rows: classes.next_multiple_of(2) }
    }

    /// Values of W or dW with the padding.
    pub fn size(&self) -> usize {
        self.rows * self.stride
    }

    /// Rows of W that are widened, or read, against one block of inputs: few where W stays in the cache anyway, many
    /// where it has to come from afar each time.
    pub fn block_rows(&self, bytes_per_weight: usize) -> usize {
        if self.size() * bytes_per_weight <= 64 << 10 { 8 } else { 64 }
    }
}

/// One class's weights as its inputs need them, with the scaling folded in where there is one. Returns what the bias grows by.
pub fn fold(scaling: Option<&Scaling>, weight: &[f32], folded: &mut [f32]) -> f32 {
    match scaling {
        Some(scaling) => scaling.fold(weight, folded),
        None => {
            folded.copy_from_slice(weight);
            0.0
        }
    }
}

/// Puts dW and db together, tile by tile.
pub struct GradientWriter<'a> {
    shape: Shape,
    scaling: Option<&'a Scaling>,
    gradient: &'a mut Gradient,
}

impl<'a> GradientWriter<'a> {
    /// db is the sum of the output gradient. `scaling` is what was folded into W.
    pub fn new(
        shape: Shape,
        scaling: Option<&'a Scaling>,
        output_gradient: &Quads,
        gradient: &'a mut Gradient,
    ) -> Self {
        for (class, bias) in gradient.bias.iter_mut().enumerate() {
            *bias = output_gradient.sum(class);
        }
        Self { shape, scaling, gradient }
    }

    /// Sets, or from the second run of rows on adds to, dW of a tile of features of one class. Padding is dropped.
    #[inline(always)]
    pub fn write(&mut self, class: usize, feature: usize, tile: [F32x4; TILE / LANES], is_first: bool) {
        if class >= self.gradient.bias.len() {
            return;
        }
        let mut tile = tile;
        if let Some(scaling) = self.scaling {
            scaling.unfold(&mut tile, feature, if is_first { self.gradient.bias[class] } else { 0.0 });
        }
        let features = self.shape.features;
        let target = &mut self.gradient.weight[class * features + feature..(class + 1) * features];
        if target.len() >= TILE {
            for (lanes, target) in tile.into_iter().zip(target.chunks_exact_mut(LANES)) {
                // SAFETY: the chunk holds a vector.
                unsafe {
                    let before = if is_first { F32x4::splat(0.0) } else { F32x4::load(target.as_ptr()) };
                    before.add(lanes).store(target.as_mut_ptr());
                }
            }
        } else {
            let values = tile.map(F32x4::to_array);
            for (&value, target) in values.as_flattened().iter().zip(target) {
                *target = value + if is_first { 0.0 } else { *target };
            }
        }
    }
}
