//! The linear layer in exact integer arithmetic, for inputs that are bytes.
//!
//! Bytes are integers as they are. For each step the weights are rounded to int16, with one scale per class, and so is the
//! output gradient, with one scale for all of it; both products run on `dot`, eight multiply-adds an instruction, summed in
//! int32 without any rounding. So a weight is off by at most 1/65534 of the largest of its class, a gradient by 1/65534 of
//! the largest of the batch, and any order of the sums gives the same bits.
//!
//! The sums must stay below 2³¹, which 255 · 32767 reaches after 257 times. A lane of the forward pass sums a quarter of a
//! panel's products, a lane of the backward pass one product of every row.

use super::shape::{GradientWriter, Shape, TILE, fold};
use super::{Gradient, Linear};
use crate::quads::Quads;
use crate::samples::{Batch, Inputs};
use crate::scaling::Scaling;
use crate::simd::{F32x4, I16x8, I32x4, LANES, interleave_bytes};
use core::ops::Range;

/// Features that the forward pass sums in int32; at most 4 · 257.
const FORWARD_PANEL: usize = 1024;
/// Rows that the backward pass sums in int32; at most 257.
const BACKWARD_ROWS: usize = 256;
/// Features that the backward pass gathers at a time, a cache line: 256 rows of them are 16 KB, half of an L1 cache.
const BACKWARD_PANEL: usize = 4 * TILE;
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
        let block_rows = shape.block_rows(size_of::<i16>());
        Self {
            shape,
            weight: vec![0; shape.size()],
            weight_step: vec![0.0; shape.rows],
            bias: vec![0.0; shape.rows],
            folded: vec![0.0; shape.stride],
            block: vec![0; BACKWARD_ROWS * BACKWARD_PANEL],
            block_rows,
            output_gradient: vec![0; shape.rows * BACKWARD_ROWS],
        }
    }
}

impl Linear for Fixed16 {
    fn load(&mut self, weight: &[f32], bias: &[f32], scaling: Option<&Scaling>) {
        let Shape { features, stride, .. } = self.shape;
        for (class, source) in weight.chunks_exact(features).enumerate() {
            let shift = fold(scaling, source, &mut self.folded[..features]);
            self.bias[class] = f64::from(bias[class]) + f64::from(shift);
            let pair = &mut self.weight[class / 2 * 2 * stride..][..2 * stride];
            self.weight_step[class] = round(&self.folded, &mut pair[class % 2 * CHUNK..]);
        }
    }

    fn forward(&mut self, batch: Batch, logits: &mut Quads) {
        let Shape { features, stride, .. } = self.shape;
        let quad_stride = logits.stride();
        for first in (0..batch.rows.len()).step_by(self.block_rows) {
            let rows = first..batch.rows.len().min(first + self.block_rows);
            batch.touch(rows.end..rows.end + self.block_rows);
            for start in (0..features).step_by(FORWARD_PANEL) {
                let width = (features - start).min(FORWARD_PANEL).next_multiple_of(TILE);
                let logits = &mut logits.values_mut()[first / LANES * quad_stride..];
                for (class, weight) in self.weight.chunks_exact(2 * stride).enumerate() {
                    let class = 2 * class;
                    for quad in 0..rows.len().div_ceil(LANES) {
                        let inputs = quad_rows(&batch, first + quad * LANES, start, width);
                        let weight = &weight[2 * start..][..2 * width];
                        // SAFETY: `inputs` are four rows of `width` bytes, `weight` holds the chunks of two.
                        let sums = unsafe { dot_products(inputs, weight.as_ptr(), width / CHUNK) };
                        let logits = &mut logits[quad * quad_stride + class * LANES..][..2 * LANES];
                        for (index, sums) in sums.into_iter().enumerate() {
                            let target = logits[index * LANES..].as_mut_ptr();
                            let step = self.weight_step[class + index];
                            // SAFETY: `logits` holds two vectors.
                            unsafe {
                                match start {
                                    0 => I32x4::scaled_sums(sums, step, self.bias[class + index]),
                                    _ => F32x4::load(target).add(I32x4::scaled_sums(sums, step, 0.0)),
                                }
                                .store(target);
                            }
                        }
                    }
                }
            }
        }
    }

    fn backward(&mut self, batch: Batch, output_gradient: &Quads, gradient: &mut Gradient) {
        let Shape { features, stride, .. } = self.shape;
        let step = largest(output_gradient.values()) / LARGEST;
        let factor = if step > 0.0 { 1.0 / step } else { 0.0 };
        let mut writer = GradientWriter::new(self.shape, batch.folded_scaling(), output_gradient, gradient);
        for first in (0..batch.rows.len()).step_by(BACKWARD_ROWS) {
            let rows = first..batch.rows.len().min(first + BACKWARD_ROWS);
            let pairs = rows.len().div_ceil(2);
            round_gradient(output_gradient, rows.clone(), factor, &mut self.output_gradient);
            for start in (0..features).step_by(BACKWARD_PANEL) {
                let width = (stride - start).min(BACKWARD_PANEL);
                gather_pairs(&batch, rows.clone(), start, width, &mut self.block);
                for (class, factors) in self.output_gradient.chunks_exact(2 * BACKWARD_ROWS).enumerate() {
                    for (tile, block) in self.block.chunks_exact(pairs * 2 * TILE).take(width / TILE).enumerate() {
                        // SAFETY: `factors` holds two rows of `BACKWARD_ROWS`, `block` `pairs` times two rows of a tile.
                        let sums = unsafe { pair_products(factors.as_ptr(), block.as_ptr(), pairs) };
                        for (index, sums) in sums.into_iter().enumerate() {
                            let sums = sums.map(|sum| sum.to_f32().mul(F32x4::splat(step)));
                            writer.write(2 * class + index, start + tile * TILE, sums, first == 0);
                        }
                    }
                }
            }
        }
    }
}

/// The largest absolute value; the length is a multiple of four.
fn largest(values: &[f32]) -> f32 {
    let mut largest = F32x4::splat(0.0);
    for lanes in values.chunks_exact(LANES) {
        // SAFETY: the chunk holds a vector.
        largest = largest.maximum(unsafe { F32x4::load(lanes.as_ptr()) }.abs());
    }
    largest.to_array().into_iter().fold(0.0, f32::max)
}

/// Rounds values to int16 steps, every other chunk of `steps`, and returns what a step is worth.
fn round(values: &[f32], steps: &mut [i16]) -> f64 {
    let largest = largest(values);
    // Below the normal numbers the factor would be infinite.
    let factor = if largest > f32::MIN_POSITIVE { LARGEST / largest } else { 0.0 };
    let splat = F32x4::splat(factor);
    for (values, steps) in values.chunks_exact(CHUNK).zip(steps.chunks_mut(2 * CHUNK)) {
        // SAFETY: both chunks hold eight values.
        unsafe {
            let (low, high) = (F32x4::load(values.as_ptr()), F32x4::load(values[LANES..].as_ptr()));
            I16x8::round(low.mul(splat), high.mul(splat)).store(steps.as_mut_ptr());
        }
    }
    if factor > 0.0 { 1.0 / f64::from(factor) } else { 0.0 }
}

/// Rounds the output gradient of some rows to int16 steps `[C padded to two, BACKWARD_ROWS]`, zeros beyond the rows.
fn round_gradient(gradient: &Quads, rows: Range<usize>, factor: f32, steps: &mut [i16]) {
    let quads = gradient.values().chunks_exact(gradient.stride());
    let splat = F32x4::splat(factor);
    for (quad, values) in quads.skip(rows.start / LANES).take(rows.len().div_ceil(LANES)).enumerate() {
        for (lanes, steps) in values.chunks_exact(LANES).zip(steps.chunks_exact_mut(BACKWARD_ROWS)) {
            // SAFETY: the chunk holds a vector; I16x8::round doubles it, and only four of its eight values are kept.
            let rounded = unsafe {
                let values = F32x4::load(lanes.as_ptr()).mul(splat);
                I16x8::round(values, values)
            };
            steps[quad * LANES..][..LANES].copy_from_slice(&rounded.first_half());
        }
    }
}

fn bytes<'a>(batch: &Batch<'a>) -> &'a [u8] {
    match &batch.samples.inputs {
        Inputs::Uint8(values) => values,
        Inputs::Float32(_) => &[],
    }
}

/// Where four rows of a batch begin, at feature `start`. Beyond the batch it is the last row again, whose logits nobody
/// looks at.
fn quad_rows(batch: &Batch, first: usize, start: usize, width: usize) -> [*const u8; LANES] {
    let (bytes, features) = (bytes(batch), batch.samples.features());
    [0, 1, 2, 3].map(|lane| {
        let row = batch.rows[(first + lane).min(batch.rows.len() - 1)];
        bytes[row as usize * features + start..][..width].as_ptr()
    })
}

/// Copies `width` features from `start` on of pairs of rows to `[tile, pair, TILE, 2]`. An odd last row is its own partner,
/// with a gradient of zero.
fn gather_pairs(batch: &Batch, rows: Range<usize>, start: usize, width: usize, block: &mut [u8]) {
    let (bytes, features) = (bytes(batch), batch.samples.features());
    let pairs = rows.len().div_ceil(2);
    let block = block[..pairs * 2 * width].as_mut_ptr();
    let source = |row: u32| bytes[row as usize * features + start..][..width].as_ptr();
    for (pair, rows) in batch.rows[rows].chunks(2).enumerate() {
        let (a, b) = (source(rows[0]), source(rows[rows.len() - 1]));
        for tile in 0..width / TILE {
            // SAFETY: `a` and `b` are readable for `width` bytes; every pair has its place in every tile.
            unsafe {
                let target = block.add((tile * pairs + pair) * 2 * TILE);
                interleave_bytes(a.add(tile * TILE), b.add(tile * TILE), target);
            }
        }
    }
}

/// Products of four rows of inputs with two rows of weights `[chunks, 2, CHUNK]`, summed but for the lanes. Bytes are widened
/// as they are loaded, which costs nothing.
///
/// # Safety
/// `inputs` must be readable for so many chunks of bytes each, `weight` for as many of both rows.
#[inline(always)]
unsafe fn dot_products(inputs: [*const u8; LANES], weight: *const i16, chunks: usize) -> [[I32x4; LANES]; 2] {
    let mut sums = [[I32x4::zero(); LANES]; 2];
    let (mut inputs, mut weight) = (inputs, weight);
    for _ in 0..chunks {
        // SAFETY: the caller's promise.
        unsafe {
            let [first, second] = [I16x8::load(weight), I16x8::load(weight.add(CHUNK))];
            for row in 0..LANES {
                let input = I16x8::load_bytes(inputs[row]);
                sums[0][row] = sums[0][row].add(input.dot(first));
                sums[1][row] = sums[1][row].add(input.dot(second));
            }
            inputs = inputs.map(|row| row.add(CHUNK));
            weight = weight.add(2 * CHUNK);
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
    for _ in 0..pairs {
        // SAFETY: the caller's promise.
        unsafe {
            let [first, second] = [I16x8::load_pair(factors), I16x8::load_pair(factors.add(BACKWARD_ROWS))];
            for index in 0..TILE / LANES {
                let inputs = I16x8::load_bytes(block.add(index * CHUNK));
                sums[0][index] = sums[0][index].add(inputs.dot(first));
                sums[1][index] = sums[1][index].add(inputs.dot(second));
            }
            factors = factors.add(2);
            block = block.add(2 * TILE);
        }
    }
    sums
}
