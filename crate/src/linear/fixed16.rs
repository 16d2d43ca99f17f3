//! The linear layer in exact integer arithmetic, for inputs that are bytes.
//!
//! Bytes are integers as they are. For each step the weights are quantized to int16, with one scale per class, and so is the
//! output gradient, with one scale per block; both products run on `dot`, eight multiply-adds an instruction, summed in int32
//! without any rounding. So a weight is off by at most 1/65534 of the largest of its class, a gradient by 1/65534 of the
//! largest of its block, and any order of the sums gives the same bits.

use super::{BACKWARD_PANEL, BLOCK_ROWS, FORWARD_PANEL, Group, Kernel, MR, NR, Shape, lockstep};
use crate::data::GROUP;
use crate::data::batch::Batch;
use crate::memory::{OutOfMemory, zeros};
use crate::quads::Quads;
use crate::simd::{F32x4, I16x8, I32x4, LANES, interleave};
use core::ops::Range;

/// Values of a vector.
const VECTOR: usize = 8;
/// The largest int16.
const LARGEST: f32 = 32767.0;
/// Pairs of rows of a block.
const BLOCK_PAIRS: usize = BLOCK_ROWS / 2;

/// The largest product of a byte and a quantized value, of which int32 holds 257.
const LARGEST_PRODUCT: i64 = 255 * 32767;
// A lane of the forward pass sums a quarter of a panel's products, a lane of the backward pass one product of every row.
const _: () = assert!((FORWARD_PANEL / LANES) as i64 * LARGEST_PRODUCT <= i32::MAX as i64);
const _: () = assert!(BLOCK_ROWS as i64 * LARGEST_PRODUCT <= i32::MAX as i64);

/// Packed operands, as [`super`] draws them.
pub struct Fixed16 {
    /// `[C / NR, vector]`.
    weight: Box<[[[i16; VECTOR]; NR]]>,
    /// Vectors of features of a class.
    vectors: usize,
    /// w ≈ scale · quantized w, by class.
    weight_scale: Box<[f64]>,
    bias: Box<[f64]>,
    forward_rows: usize,
    /// X backward, `[group, pair of rows]`.
    columns: Box<[[u8; 2 * GROUP]]>,
    /// `[C / NR, pair of rows]`.
    output_gradient: Box<[[[i16; 2]; NR]]>,
    /// dz ≈ scale · quantized dz.
    gradient_scale: f32,
    /// Pairs of rows of the block in `columns` and `output_gradient`.
    pairs: usize,
}

impl Kernel for Fixed16 {
    fn new(shape: Shape) -> Result<Self, OutOfMemory> {
        Ok(Self {
            weight: zeros(shape.padded_size()? / (NR * VECTOR))?,
            vectors: shape.padded_features / VECTOR,
            weight_scale: zeros(shape.padded_classes)?,
            bias: zeros(shape.padded_classes)?,
            forward_rows: shape.forward_rows(size_of::<i16>(), size_of::<u8>()),
            columns: zeros(BLOCK_PAIRS * shape.padded_features.min(BACKWARD_PANEL) / GROUP)?,
            output_gradient: zeros(shape.per_pair(BLOCK_PAIRS)?)?,
            gradient_scale: 0.0,
            pairs: 0,
        })
    }

    fn forward_rows(&self) -> usize {
        self.forward_rows
    }

    fn pack_weight(&mut self, class: usize, weight: [&[f32]; NR], bias: [f32; NR], shift: [f32; NR]) {
        let packed = &mut self.weight[class / NR * self.vectors..][..self.vectors];
        for (index, weight) in weight.into_iter().enumerate() {
            self.bias[class + index] = f64::from(bias[index]) + f64::from(shift[index]);
            self.weight_scale[class + index] = quantize(weight, packed.iter_mut().map(|classes| &mut classes[index]));
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
        let weight = &self.weight[class / NR * self.vectors + features.start / VECTOR..][..features.len() / VECTOR];
        let rows = [0, 1, 2, 3].map(|lane| {
            let row = (quad * MR + lane).min(batch.rows.len() - 1);
            batch.bytes(row, features.clone()).as_chunks().0
        });
        let mut sums = [[I32x4::zero(); MR]; NR];
        lockstep(weight, rows, |weight, rows| {
            let weight = [I16x8::load(&weight[0]), I16x8::load(&weight[1])];
            for row in 0..MR {
                let inputs = I16x8::widen(rows[row]);
                sums[0][row] += inputs.dot(weight[0]);
                sums[1][row] += inputs.dot(weight[1]);
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
        // Where all gradients are zero, or so small that their inverse is infinite, they are quantized to zero.
        let factor = 1.0 / self.gradient_scale;
        let factor = F32x4::splat(if factor.is_finite() { factor } else { 0.0 });
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
            for (group, (first, second)) in rows[0].iter().zip(rows[1]).enumerate() {
                interleave(first, second, &mut self.columns[group * self.pairs + pair]);
            }
        }
    }

    #[inline(always)]
    fn backward_tile(&self, group: usize, class: usize) -> [Group; NR] {
        let pairs = &self.columns[group * self.pairs..][..self.pairs];
        let output_gradient = &self.output_gradient[class / NR * BLOCK_PAIRS..][..self.pairs];
        let mut sums = [[I32x4::zero(); GROUP / LANES]; NR];
        lockstep(output_gradient, [pairs], |factors, [pair]| {
            let factors = [I16x8::splat_pair(&factors[0]), I16x8::splat_pair(&factors[1])];
            for (index, inputs) in pair.as_chunks().0.iter().enumerate() {
                let inputs = I16x8::widen(inputs);
                sums[0][index] += inputs.dot(factors[0]);
                sums[1][index] += inputs.dot(factors[1]);
            }
        });
        let scale = F32x4::splat(self.gradient_scale);
        sums.map(|sums| sums.map(|sum| sum.to_f32() * scale))
    }
}

/// Rounds values to int16 and returns their scale: value ≈ scale · quantized value. The scale is NaN where a value is not finite.
fn quantize<'a>(values: &[f32], quantized: impl Iterator<Item = &'a mut [i16; VECTOR]>) -> f64 {
    let (vectors, _) = values.as_chunks::<LANES>();
    let (mut largest, mut zero) = (F32x4::zero(), F32x4::zero());
    for vector in vectors {
        let vector = F32x4::load(vector);
        largest = largest.maximum(vector.abs());
        zero += vector * F32x4::zero();
    }
    // Where all values are zero, or so small that their inverse is infinite, they are quantized to zero.
    let factor = LARGEST / largest.largest_lane();
    let factor = if factor.is_finite() { factor } else { 0.0 };
    let splat = F32x4::splat(factor);
    for ([low, high], quantized) in vectors.as_chunks().0.iter().zip(quantized) {
        I16x8::round(F32x4::load(low) * splat, F32x4::load(high) * splat).store(quantized);
    }
    if zero.sum() != 0.0 {
        return f64::NAN;
    }
    if factor > 0.0 { 1.0 / f64::from(factor) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn quantized(value: f32, other: f32) -> ([i16; VECTOR], f64) {
        let (values, mut quantized) = ([value, other, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [7; VECTOR]);
        let scale = quantize(&values, [&mut quantized].into_iter());
        (quantized, scale)
    }

    #[test]
    fn the_largest_value_is_quantized_to_the_largest_integer_and_the_others_in_proportion() {
        for largest in [1.0, -3.0, 1e-30, 1e30, f32::MAX] {
            let ([first, second, ..], scale) = quantized(largest, largest / 4.0);
            assert_eq!((first.abs(), second.abs()), (32767, 8192));
            assert!((scale * f64::from(first) / f64::from(largest) - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn values_too_small_for_a_scale_are_quantized_to_zero() {
        for small in [0.0, 1e-45, 1e-38, 9e-35] {
            assert_eq!(quantized(small, -small), ([0; VECTOR], 0.0));
        }
    }

    #[test]
    fn a_value_that_is_not_finite_makes_the_scale_not_a_number() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(quantized(1.0, value).1.is_nan());
        }
    }
}
