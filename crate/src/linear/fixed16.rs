//! The linear layer in exact integer arithmetic, for inputs that are bytes.
//!
//! Bytes are integers as they are. For each step the weights are rounded to int16, with one scale per class, and so is the
//! output gradient, with one scale for all of it; both products run on `dot`, eight multiply-adds an instruction, summed in
//! int32 without any rounding. So a weight is off by at most 1/65534 of the largest of its class, a gradient by 1/65534 of
//! the largest of the batch, and any order of the sums gives the same bits.
//!
//! The sums must stay below 2³¹, which 255 · 32767 reaches after 257 times. A lane of the forward pass sums a quarter of a
//! panel's products, a lane of the backward pass one product of every row.

use super::Linear;
use super::shape::{BACKWARD_PANEL, BACKWARD_ROWS, FORWARD_PANEL, GradientWriter, Shape, TILE};
use crate::checked::{Checked, trap};
use crate::memory::zeros;
use crate::quads::Quads;
use crate::samples::{Batch, Inputs};
use crate::scaling::Scaling;
use crate::simd::{F32x4, I16x8, I32x4, LANES, interleave_bytes};
use alloc::vec::Vec;
use core::ops::Range;

/// Values of a vector.
const CHUNK: usize = 8;
/// The largest int16.
const LARGEST: f32 = 32767.0;

/// The layer's parameters and scratch.
pub struct Fixed16 {
    shape: Shape,
    /// W in steps, two classes' chunks in turns: `[C / 2, chunk, 2, CHUNK]`, padded as the shape says.
    weight: Vec<i16>,
    /// What a step of each class's weights is worth.
    weight_step: Vec<f64>,
    bias: Vec<f64>,
    /// One class's weights before they are rounded.
    folded: Vec<f32>,
    /// Inputs of the backward pass, `[tile, pair of rows, TILE, 2]`.
    block: Vec<u8>,
    /// Rows that the forward pass takes to each pair of classes.
    block_rows: usize,
    /// dZ in steps, `[C padded to two, BACKWARD_ROWS]`.
    output_gradient: Vec<i16>,
}

impl Fixed16 {
    pub fn new(features: usize, classes: usize) -> Self {
        let shape = Shape::new(features, classes);
        let block_rows = shape.block_rows(size_of::<i16>(), size_of::<u8>());
        Self {
            shape,
            weight: zeros(shape.size()),
            weight_step: zeros(shape.rows),
            bias: zeros(shape.rows),
            folded: zeros(shape.stride),
            block: zeros(BACKWARD_ROWS * BACKWARD_PANEL),
            block_rows,
            output_gradient: zeros(shape.rows * BACKWARD_ROWS),
        }
    }
}

impl Linear for Fixed16 {
    fn load(&mut self, parameters: &[f32], scaling: Option<&Scaling>) {
        let Shape { features, stride, classes, .. } = self.shape;
        for class in 0..classes {
            let weight = parameters.at(class * features..).at(..features);
            let shift = Scaling::fold(scaling, weight, &mut self.folded);
            *self.bias.at_mut(class) = f64::from(*parameters.at(classes * features + class)) + f64::from(shift);
            let pair = self.weight.at_mut(class / 2 * 2 * stride + class % 2 * CHUNK..);
            *self.weight_step.at_mut(class) = round(&self.folded, pair);
        }
    }

    fn forward(&mut self, batch: Batch, logits: &mut Quads) {
        let Shape { stride, rows: classes, .. } = self.shape;
        let mut first = 0;
        while first < batch.rows.len() {
            let rows = first..batch.rows.len().min(first + self.block_rows);
            batch.touch(rows.clone());
            let quads = rows.len().div_ceil(LANES);
            let logits = logits.values_mut().at_mut(first / LANES * classes..);
            let mut start = 0;
            while start < stride {
                let width = (stride - start).min(FORWARD_PANEL);
                for class in self.shape.pairs() {
                    for quad in 0..quads {
                        let row = first + quad * LANES;
                        // Beyond the batch it is the last row again, whose logits nobody looks at.
                        let inputs = [0, 1, 2, 3].map(|lane| source(&batch, (row + lane).min(rows.end - 1), start));
                        // SAFETY: rows are readable for `width` bytes; the weights are pairs of classes of `stride`.
                        let sums = unsafe {
                            let weight = self.weight.as_ptr().add(class * stride + 2 * start);
                            dot_products(inputs, weight, width / CHUNK)
                        };
                        for (index, sums) in sums.into_iter().enumerate() {
                            let logits = logits.at_mut(quad * classes + class + index);
                            let step = *self.weight_step.at(class + index);
                            let (before, bias) = match start {
                                0 => (F32x4::splat(0.0), *self.bias.at(class + index)),
                                _ => (*logits, 0.0),
                            };
                            *logits = before.add(I32x4::scaled_sums(sums, step, bias));
                        }
                    }
                }
                start += width;
            }
            first = rows.end;
        }
    }

    fn backward(&mut self, batch: Batch, output_gradient: &Quads, gradient: &mut [f32]) {
        let stride = self.shape.stride;
        let mut largest = F32x4::splat(0.0);
        output_gradient.values().iter().for_each(|values| largest = largest.maximum(values.abs()));
        let step = largest.largest_lane() / LARGEST;
        let factor = F32x4::splat(if step > 0.0 { 1.0 / step } else { 0.0 });
        let step = F32x4::splat(step);
        let mut writer = GradientWriter::new(self.shape, batch.folded_scaling(), output_gradient, gradient);
        let mut first = 0;
        while first < batch.rows.len() {
            let rows = first..batch.rows.len().min(first + BACKWARD_ROWS);
            let pairs = rows.len().div_ceil(2);
            for (quad, values) in output_gradient.of_rows(rows.clone()).enumerate() {
                for (values, steps) in values.iter().zip(self.output_gradient.chunks_exact_mut(BACKWARD_ROWS)) {
                    let values = values.mul(factor);
                    // SAFETY: there are no more quads than `BACKWARD_ROWS` has room for.
                    unsafe { I16x8::round(values, values).store_half(steps.as_mut_ptr().add(quad * LANES)) }
                }
            }
            let mut start = 0;
            while start < stride {
                let width = (stride - start).min(BACKWARD_PANEL);
                gather_pairs(&batch, rows.clone(), start, width, &mut self.block);
                for tile in 0..width / TILE {
                    for class in self.shape.pairs() {
                        // SAFETY: a class has `BACKWARD_ROWS` factors, a tile of the block all pairs of rows.
                        let sums = unsafe {
                            let factors = self.output_gradient.as_ptr().add(class * BACKWARD_ROWS);
                            pair_products(factors, self.block.as_ptr().add(tile * pairs * 2 * TILE), pairs)
                        };
                        for (index, sums) in sums.into_iter().enumerate() {
                            let mut sums = sums.map(|sum| sum.to_f32().mul(step));
                            writer.write(class + index, start + tile * TILE, &mut sums, first == 0);
                        }
                    }
                }
                start += width;
            }
            first = rows.end;
        }
    }
}

/// Rounds values to int16 steps, every other chunk of `steps`, and returns what a step is worth.
#[inline(never)]
fn round(values: &[f32], steps: &mut [i16]) -> f64 {
    let load = |chunk: &[f32]| {
        // SAFETY: the chunk holds eight values.
        unsafe { (F32x4::load(chunk.as_ptr()), F32x4::load(chunk.as_ptr().add(LANES))) }
    };
    let mut largest = F32x4::splat(0.0);
    for chunk in values.chunks_exact(CHUNK) {
        let (low, high) = load(chunk);
        largest = largest.maximum(low.abs()).maximum(high.abs());
    }
    let largest = largest.largest_lane();
    // Below the normal numbers the factor would be infinite.
    let factor = if largest > f32::MIN_POSITIVE { LARGEST / largest } else { 0.0 };
    let splat = F32x4::splat(factor);
    for (chunk, steps) in values.chunks_exact(CHUNK).zip(steps.chunks_mut(2 * CHUNK)) {
        let (low, high) = load(chunk);
        // SAFETY: a chunk of steps holds eight values at least.
        unsafe { I16x8::round(low.mul(splat), high.mul(splat)).store(steps.as_mut_ptr()) }
    }
    if factor > 0.0 { 1.0 / f64::from(factor) } else { 0.0 }
}

/// Where a row's features from `start` on begin: at least sixteen bytes are readable from any place in a row.
#[inline(always)]
fn source(batch: &Batch, row: usize, start: usize) -> *const u8 {
    match &batch.samples.inputs {
        Inputs::Uint8(values) => &raw const *values.at(*batch.rows.at(row) as usize * batch.samples.features() + start),
        Inputs::Float32(_) => trap(),
    }
}

/// Copies `width` features from `start` on of pairs of rows to `[tile, pair, TILE, 2]`. An odd last row is its own partner,
/// with a gradient of zero.
#[inline(never)]
fn gather_pairs(batch: &Batch, rows: Range<usize>, start: usize, width: usize, block: &mut [u8]) {
    let pairs = rows.len().div_ceil(2);

    for pair in 0..pairs {
        let first = rows.start + 2 * pair;
        let (a, b) = (source(batch, first, start), source(batch, (first + 1).min(rows.end - 1), start));
        for tile in 0..width / TILE {
            // SAFETY: the rows are readable for `width` bytes; every pair has its place in every tile.
            unsafe {
                let target = block.as_mut_ptr().add(tile * pairs * 2 * TILE + pair * 2 * TILE);
                interleave_bytes(a.add(tile * TILE), b.add(tile * TILE), target);
            }
        }
    }
}

/// Products of four rows of inputs with two rows of weights `[chunks, 2, CHUNK]`, summed but for the lanes. Bytes are widened as
/// they are loaded, which costs nothing.
///
/// # Safety
/// `inputs` must be readable for so many chunks of bytes each, `weight` for as many of both rows.
#[inline(always)]
unsafe fn dot_products(inputs: [*const u8; LANES], weight: *const i16, chunks: usize) -> [[I32x4; LANES]; 2] {
    let mut sums = [[I32x4::zero(); LANES]; 2];
    let (mut inputs, mut weight) = (inputs, weight);
    // SAFETY: the caller's promise.
    unsafe {
        let end = weight.add(chunks * 2 * CHUNK);
        while weight != end {
            let [first, second] = [I16x8::load(weight), I16x8::load(weight.add(CHUNK))];
            for row in 0..LANES {
                let input = I16x8::load_bytes(inputs[row]);
                sums[0][row] = sums[0][row].add(input.dot(first));
                sums[1][row] = sums[1][row].add(input.dot(second));
            }
            (inputs, weight) = (inputs.map(|row| row.add(CHUNK)), weight.add(2 * CHUNK));
        }
    }
    sums
}

/// The sums over pairs of rows of a tile, each row times its factor, for two classes.
///
/// # Safety
/// `factors` must be readable for two rows of `BACKWARD_ROWS` values, `block` for `pairs` times `2 · TILE`.
#[inline(always)]
unsafe fn pair_products(factors: *const i16, block: *const u8, pairs: usize) -> [[I32x4; TILE / LANES]; 2] {
    let mut sums = [[I32x4::zero(); TILE / LANES]; 2];
    let (mut factors, mut block) = (factors, block);
    // SAFETY: the caller's promise.
    unsafe {
        let end = factors.add(2 * pairs);
        while factors != end {
            let [first, second] = [I16x8::load_pair(factors), I16x8::load_pair(factors.add(BACKWARD_ROWS))];
            for index in 0..TILE / LANES {
                let inputs = I16x8::load_bytes(block.add(index * CHUNK));
                sums[0][index] = sums[0][index].add(inputs.dot(first));
                sums[1][index] = sums[1][index].add(inputs.dot(second));
            }
            (factors, block) = (factors.add(2), block.add(2 * TILE));
        }
    }
    sums
}
