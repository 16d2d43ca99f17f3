//! The linear layer in float32.
//!
//! Inputs are widened block by block into a scratch that stays in the cache: `ROWS` rows of a panel of `PANEL` features.
//! Both inner loops keep eight vectors of sums, which with their operands fit the fifteen registers that V8 can use on x64;
//! a spilled sum would put a store and a load on the critical path. Padding takes the place of loops for remainders:
//! features to `TILE`, classes to two.

use super::{Gradient, Linear};
use crate::quads::Quads;
use crate::samples::Batch;
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Rows of a block; a multiple of four.
const ROWS: usize = 16;
/// Features of a panel; a multiple of `TILE`. A block is at most 64 KB.
const PANEL: usize = 1024;
/// Features per turn of the inner loops.
const TILE: usize = 4 * LANES;

/// The layer's parameters and scratch.
pub struct Float32 {
    features: usize,
    classes: usize,
    /// Features padded to `TILE`.
    stride: usize,
    /// `[C padded to two, stride]`.
    weight: Vec<f32>,
    bias: Vec<f32>,
    /// Laid out as `weight`.
    weight_gradient: Vec<f32>,
    /// `[ROWS, features of a panel]`.
    block: Vec<f32>,
}

impl Float32 {
    pub fn new(features: usize, classes: usize) -> Self {
        let stride = features.next_multiple_of(TILE);
        let padded_classes = classes.next_multiple_of(2);
        Self {
            features,
            classes,
            stride,
            weight: vec![0.0; padded_classes * stride],
            bias: vec![0.0; padded_classes],
            weight_gradient: vec![0.0; padded_classes * stride],
            block: vec![0.0; ROWS * stride.min(PANEL)],
        }
    }
}

impl Linear for Float32 {
    fn load(&mut self, weight: &[f32], bias: &[f32], scaling: Option<&Scaling>) {
        self.bias[..self.classes].copy_from_slice(bias);
        for (class, source) in weight.chunks_exact(self.features).enumerate() {
            let target = &mut self.weight[class * self.stride..][..self.features];
            match scaling {
                None => target.copy_from_slice(source),
                Some(scaling) => self.bias[class] += scaling.fold(source, target),
            }
        }
    }

    fn forward(&mut self, batch: Batch, logits: &mut Quads) {
        let quad_stride = logits.stride();
        for (rows, panel) in blocks(batch.rows.len(), self.features) {
            let width = self.gather(batch, rows.clone(), panel.clone());
            for quad in (0..rows.len()).step_by(LANES) {
                let logits = &mut logits.values_mut()[(rows.start + quad) / LANES * quad_stride..][..quad_stride];
                let inputs = &self.block[quad * width..][..LANES * width];
                for (class, logits) in (0..).step_by(2).zip(logits.chunks_exact_mut(2 * LANES)) {
                    let weight = &self.weight[class * self.stride + panel.start..][..self.stride + width];
                    // SAFETY: `inputs` holds four rows of `width`, `weight` two that are `stride` apart, `logits` two vectors.
                    unsafe {
                        let sums = dot_products(inputs.as_ptr(), weight.as_ptr(), self.stride, width);
                        for (index, sum) in sums.into_iter().enumerate() {
                            let target = logits.as_mut_ptr().add(index * LANES);
                            let start = match panel.start {
                                0 => F32x4::splat(self.bias[class + index]),
                                _ => F32x4::load(target),
                            };
                            start.add(sum).store(target);
                        }
                    }
                }
            }
        }
    }

    fn backward(&mut self, batch: Batch, output_gradient: &Quads, gradient: &mut Gradient) {
        self.weight_gradient.fill(0.0);
        let quad_stride = output_gradient.stride();
        for (rows, panel) in blocks(batch.rows.len(), self.features) {
            let width = self.gather(batch, rows.clone(), panel.clone());
            let quads = rows.len().div_ceil(LANES);
            let output_gradient = &output_gradient.values()[rows.start / LANES * quad_stride..][..quads * quad_stride];
            for class in (0..self.bias.len()).step_by(2) {
                let sums = &mut self.weight_gradient[class * self.stride + panel.start..][..self.stride + width];
                let factors = &output_gradient[class * LANES..];
                // SAFETY: `factors` holds two vectors in each of its quads, `block` as many rows of `width`, `sums` two rows
                // of `width` that are `stride` apart.
                unsafe {
                    let (factors, block) = (factors.as_ptr(), self.block.as_ptr());
                    add_products(factors, quad_stride, quads, block, width, sums.as_mut_ptr(), self.stride);
                }
            }
        }
        self.unfold(batch.folded_scaling(), output_gradient, gradient);
    }
}

impl Float32 {
    /// Fills the block and returns the distance of its rows.
    fn gather(&mut self, batch: Batch, rows: Range<usize>, panel: Range<usize>) -> usize {
        let width = panel.len().next_multiple_of(TILE);
        let (block, padding) = self.block.split_at_mut(rows.len() * width);
        batch.gather(rows, panel, width, block);
        // Meets gradients of zero, but 0 · ∞ would be NaN.
        padding[..block.len().next_multiple_of(LANES * width) - block.len()].fill(0.0);
        width
    }

    /// Takes the padding off dW, and the scaling that was folded into W.
    fn unfold(&self, scaling: Option<&Scaling>, output_gradient: &Quads, gradient: &mut Gradient) {
        for (class, bias) in gradient.bias.iter_mut().enumerate() {
            *bias = output_gradient.sum(class);
            let source = &self.weight_gradient[class * self.stride..][..self.features];
            let target = &mut gradient.weight[class * self.features..][..self.features];
            match scaling {
                None => target.copy_from_slice(source),
                Some(scaling) => scaling.unfold(source, *bias, target),
            }
        }
    }
}

/// Blocks of rows, and of each its panels of features.
fn blocks(rows: usize, features: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    (0..rows).step_by(ROWS).flat_map(move |row| {
        let panels = (0..features).step_by(PANEL);
        panels.map(move |feature| (row..rows.min(row + ROWS), feature..features.min(feature + PANEL)))
    })
}

/// Dot products of four rows of inputs with two rows of weights: the lanes are the rows of inputs.
///
/// # Safety
/// `inputs` must be readable for four rows of `width` values, one after the other, `weight` for two, `stride` apart;
/// `width` is a multiple of `TILE`.
#[inline(always)]
unsafe fn dot_products(inputs: *const f32, weight: *const f32, stride: usize, width: usize) -> [F32x4; 2] {
    let mut sums = [[F32x4::splat(0.0); LANES]; 2];
    for tile in (0..width).step_by(TILE) {
        for feature in (tile..tile + TILE).step_by(LANES) {
            // SAFETY: the caller's promise, feature < width.
            unsafe {
                let weights = [F32x4::load(weight.add(feature)), F32x4::load(weight.add(stride + feature))];
                for row in 0..LANES {
                    let input = F32x4::load(inputs.add(row * width + feature));
                    sums[0][row] = sums[0][row].add(input.mul(weights[0]));
                    sums[1][row] = sums[1][row].add(input.mul(weights[1]));
                }
            }
        }
    }
    sums.map(F32x4::sums)
}

/// Adds to two rows of `sums` the rows of `block`, each times its factors: lane r of vectors 0 and 1 of each quad.
///
/// # Safety
/// `factors` must be readable for two vectors in each of `quads` quads, `quad_stride` apart, `block` for four rows of `width`
/// values per quad, `sums` writable for two rows of `width`, `stride` apart; `width` is a multiple of `TILE`.
#[inline(always)]
unsafe fn add_products(
    factors: *const f32,
    quad_stride: usize,
    quads: usize,
    block: *const f32,
    width: usize,
    sums: *mut f32,
    stride: usize,
) {
    for tile in (0..width).step_by(TILE) {
        // SAFETY: the caller's promise, tile + TILE ≤ width.
        unsafe {
            let targets = [sums.add(tile), sums.add(stride + tile)];
            let mut totals = targets.map(|target| [0, 1, 2, 3].map(|index| F32x4::load(target.add(index * LANES))));
            for quad in 0..quads {
                for lane in 0..LANES {
                    let factor = factors.add(quad * quad_stride + lane);
                    let factors = [F32x4::load_splat(factor), F32x4::load_splat(factor.add(LANES))];
                    let inputs = block.add((quad * LANES + lane) * width + tile);
                    for index in 0..TILE / LANES {
                        let input = F32x4::load(inputs.add(index * LANES));
                        totals[0][index] = totals[0][index].add(input.mul(factors[0]));
                        totals[1][index] = totals[1][index].add(input.mul(factors[1]));
                    }
                }
            }
            for (target, totals) in targets.into_iter().zip(totals) {
                for (index, total) in totals.into_iter().enumerate() {
                    total.store(target.add(index * LANES));
                }
            }
        }
    }
}
