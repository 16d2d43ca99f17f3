//! The linear layer in exact integer arithmetic, for inputs that are bytes.
//!
//! Bytes are integers as they are. For each step the weights are quantized to int16, with one scale per class, and so is the
//! output gradient, with one scale per block; both products run on `dot`, eight multiply-adds an instruction, summed in int32
//! without any rounding. So a weight is off by at most 1/65534 of the largest of its class, a gradient by 1/65534 of the
//! largest of its block, and any order of the sums gives the same bits.
//!
//! The sums must stay below 2³¹, which 255 · 32767 reaches after 257 times. A lane of the forward pass sums a quarter of a
//! panel's products, a lane of the backward pass one product of every row.

use super::{BACKWARD_PANEL, BLOCK_ROWS, Kernel, MR, NR, Shape, Sums, lockstep};
use crate::data::TILE;
use crate::data::batch::Batch;
use crate::memory::{OutOfMemory, zeros};
use crate::quads::Quads;
use crate::simd::{F32x4, I16x8, I32x4, LANES, interleave};
use core::ops::Range;

/// Values of a vector.
const CHUNK: usize = 8;
/// The largest int16.
const LARGEST: f32 = 32767.0;
/// Pairs of rows of a block.
const BLOCK_PAIRS: usize = BLOCK_ROWS / 2;

/// Packed operands.
pub struct Fixed16 {
    /// W quantized, `[C / NR, chunk]` of `[NR, CHUNK]`: the classes of a tile take turns.
    weight: Box<[[[i16; CHUNK]; NR]]>,
    chunks: usize,
    /// What 1 is worth in each class's weights.
    weight_scale: Box<[f64]>,
    bias: Box<[f64]>,
    forward_rows: usize,
    /// X of the backward pass, `[tile, pair of rows]` of `[TILE, 2]`: the rows of a pair take turns.
    columns: Box<[[u8; 2 * TILE]]>,
    /// dZ quantized, `[C / NR, pair of rows]` of `[NR, 2]`.
    output_gradient: Box<[[[i16; 2]; NR]]>,
    /// What 1 is worth in dZ.
    gradient_scale: f32,
    /// Pairs of rows of the batch in `columns` and `output_gradient`.
    pairs: usize,
}

impl Kernel for Fixed16 {
    fn new(shape: Shape) -> Result<Self, OutOfMemory> {
        Ok(Self {
            weight: zeros(shape.padded_size()? / (NR * CHUNK))?,
            chunks: shape.padded_features / CHUNK,
            weight_scale: zeros(shape.padded_classes)?,
            bias: zeros(shape.padded_classes)?,
            forward_rows: shape.forward_rows(size_of::<i16>(), size_of::<u8>()),
            columns: zeros(BLOCK_PAIRS * shape.padded_features.min(BACKWARD_PANEL) / TILE)?,
            output_gradient: zeros(shape.padded_classes / NR * BLOCK_PAIRS)?,
            gradient_scale: 0.0,
            pairs: 0,
        })
    }

    fn forward_rows(&self) -> usize {
        self.forward_rows
    }

    fn pack_weight(&mut self, class: usize, weight: [&[f32]; NR], bias: [f32; NR], shift: [f32; NR]) {
        let packed = &mut self.weight[class / NR * self.chunks..][..self.chunks];
        for (index, weight) in weight.into_iter().enumerate() {
            self.bias[class + index] = f64::from(bias[index]) + f64::from(shift[index]);
            self.weight_scale[class + index] = quantize(weight, packed.iter_mut().map(|chunk| &mut chunk[index]));
        }
    }

    /// Bytes are widened as they are loaded, which costs nothing: rows are read where they are.
    fn pack_rows(&mut self, _: &Batch, _: Range<usize>) {}

    #[inline(always)]
    fn forward_tile(
        &self,
        batch: &Batch,
        quad: usize,
        class: usize,
        features: Range<usize>,
        logits: &mut [[f32; LANES]; NR],
    ) {
        let weight = &self.weight[class / NR * self.chunks + features.start / CHUNK..][..features.len() / CHUNK];
        let rows = [0, 1, 2, 3].map(|lane| {
            let row = (quad * MR + lane).min(batch.rows.len() - 1);
            batch.bytes(row, features.clone()).as_chunks().0
        });
        let mut sums = [[I32x4::zero(); MR]; NR];
        lockstep(weight, rows, |weight, rows| {
            let weight = [I16x8::load(&weight[0]), I16x8::load(&weight[1])];
            for row in 0..MR {
                let chunk = I16x8::widen(rows[row]);
                sums[0][row] = sums[0][row] + chunk.dot(weight[0]);
                sums[1][row] = sums[1][row] + chunk.dot(weight[1]);
            }
        });
        for (index, sums) in sums.into_iter().enumerate() {
            let is_first = features.start == 0;
            let before = if is_first { F32x4::zero() } else { F32x4::load(&logits[index]) };
            let bias = if is_first { self.bias[class + index] } else { 0.0 };
            let products = I32x4::scaled_sums(sums, self.weight_scale[class + index], bias);
            (before + products).store(&mut logits[index]);
        }
    }

    fn pack_output_gradient(&mut self, output_gradient: &Quads) {
        self.pairs = output_gradient.rows().div_ceil(2);
        let largest = output_gradient
            .iter()
            .flatten()
            .fold(F32x4::zero(), |largest, values| largest.maximum(F32x4::load(values).abs()));
        self.gradient_scale = largest.largest_lane() / LARGEST;
        let factor = F32x4::splat(if self.gradient_scale > 0.0 { 1.0 / self.gradient_scale } else { 0.0 });
        for (quad, values) in output_gradient.iter().enumerate() {
            for (classes, packed) in values.as_chunks().0.iter().zip(self.output_gradient.chunks_exact_mut(BLOCK_PAIRS))
            {
                let [first, second]: &[[f32; LANES]; NR] = classes;
                let quantized = I16x8::round(F32x4::load(first) * factor, F32x4::load(second) * factor);
                let pairs = &mut packed[quad * 2..][..2];
                quantized.zip_pairs().store(pairs.as_flattened_mut().as_flattened_mut().first_chunk_mut().unwrap());
            }
        }
    }

    fn pack_columns(&mut self, batch: &Batch, features: Range<usize>) {
        let last = batch.rows.len() - 1;
        for pair in 0..self.pairs {
            // An odd last row is its own partner, with a gradient of zero.
            let rows = [2 * pair, (2 * pair + 1).min(last)].map(|row| batch.bytes(row, features.clone()).as_chunks().0);
            for (tile, (first, second)) in rows[0].iter().zip(rows[1]).enumerate() {
                interleave(first, second, &mut self.columns[tile * self.pairs + pair]);
            }
        }
    }

    #[inline(always)]
    fn backward_tile(&self, tile: usize, class: usize) -> [Sums; NR] {
        let pairs = &self.columns[tile * self.pairs..][..self.pairs];
        let output_gradient = &self.output_gradient[class / NR * BLOCK_PAIRS..][..self.pairs];
        let mut sums = [[I32x4::zero(); TILE / LANES]; NR];
        lockstep(output_gradient, [pairs], |factors, [pair]| {
            let factors = [I16x8::splat_pair(&factors[0]), I16x8::splat_pair(&factors[1])];
            for (index, chunk) in pair.as_chunks().0.iter().enumerate() {
                let chunk = I16x8::widen(chunk);
                sums[0][index] = sums[0][index] + chunk.dot(factors[0]);
                sums[1][index] = sums[1][index] + chunk.dot(factors[1]);
            }
        });
        let scale = F32x4::splat(self.gradient_scale);
        sums.map(|sums| sums.map(|sum| sum.to_f32() * scale))
    }
}

/// Rounds values to int16 and returns what 1 is worth.
fn quantize<'a>(values: &[f32], quantized: impl Iterator<Item = &'a mut [i16; CHUNK]>) -> f64 {
    let (vectors, _) = values.as_chunks::<LANES>();
    let largest = vectors.iter().fold(F32x4::zero(), |largest, vector| largest.maximum(F32x4::load(vector).abs()));
    let largest = largest.largest_lane();
    // Below the normal numbers the factor would be infinite.
    let factor = if largest > f32::MIN_POSITIVE { LARGEST / largest } else { 0.0 };
    let splat = F32x4::splat(factor);
    for ([low, high], quantized) in vectors.as_chunks().0.iter().zip(quantized) {
        I16x8::round(F32x4::load(low) * splat, F32x4::load(high) * splat).store(quantized);
    }
    if factor > 0.0 { 1.0 / f64::from(factor) } else { 0.0 }
}
