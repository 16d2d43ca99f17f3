//! The linear layer in float32.
//!
//! Both inner loops keep eight vectors of sums, which with their operands fit the fifteen registers that V8 can use on x64;
//! a spilled sum would put a store and a load on the critical path.

use super::Linear;
use super::gather::{Layout, gather};
use super::shape::{BACKWARD_PANEL, BACKWARD_ROWS, FORWARD_PANEL, GradientWriter, Shape, TILE, Tile};
use crate::checked::Checked;
use crate::memory::zeros;
use crate::quads::Quads;
use crate::samples::Batch;
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};
use alloc::vec::Vec;

/// The layer's parameters and scratch.
pub struct Float32 {
    shape: Shape,
    /// W, two classes' chunks in turns: `[C / 2, chunk, 2, LANES]`, padded as the shape says.
    weight: Vec<f32>,
    /// One class's weights before they are laid out.
    folded: Vec<f32>,
    bias: Vec<f32>,
    /// Widened inputs: forward `[quad of rows, chunk, 4, LANES]`, backward `[tile, row, TILE]`.
    block: Vec<f32>,
    /// Rows that the forward pass widens together.
    block_rows: usize,
    /// dZ of some rows, `[C padded to two, BACKWARD_ROWS]`.
    factors: Vec<f32>,
}

impl Float32 {
    pub fn new(features: usize, classes: usize) -> Self {
        let shape = Shape::new(features, classes);
        let block_rows = shape.block_rows(size_of::<f32>(), size_of::<f32>());
        let forward = block_rows * shape.stride.min(FORWARD_PANEL);
        Self {
            shape,
            weight: zeros(shape.size()),
            folded: zeros(shape.stride),
            bias: zeros(shape.rows),
            block: zeros(forward.max(BACKWARD_ROWS * BACKWARD_PANEL)),
            block_rows,
            factors: zeros(shape.rows * BACKWARD_ROWS),
        }
    }
}

impl Linear for Float32 {
    fn load(&mut self, parameters: &[f32], scaling: Option<&Scaling>) {
        let Shape { features, stride, classes, .. } = self.shape;
        for class in 0..classes {
            let weight = parameters.at(class * features..).at(..features);
            let shift = Scaling::fold(scaling, weight, &mut self.folded);
            *self.bias.at_mut(class) = parameters.at(classes * features + class) + shift;
            let pair = self.weight.at_mut(class / 2 * 2 * stride + class % 2 * LANES..);
            for (chunk, folded) in pair.chunks_mut(2 * LANES).zip(self.folded.chunks_exact(LANES)) {
                chunk.iter_mut().zip(folded).for_each(|(weight, &folded)| *weight = folded);
            }
        }
    }

    fn forward(&mut self, batch: Batch, logits: &mut Quads) {
        let Shape { stride, rows: classes, .. } = self.shape;
        let mut first = 0;
        while first < batch.rows.len() {
            let rows = first..batch.rows.len().min(first + self.block_rows);
            batch.touch(rows.clone());
            let mut start = 0;
            while start < stride {
                let width = (stride - start).min(FORWARD_PANEL);
                gather(batch, rows.clone(), start, width, Layout::quads(width), &mut self.block);
                let quads = rows.len().div_ceil(LANES);
                let logits = logits.values_mut().at_mut(first / LANES * classes..);
                for class in self.shape.pairs() {
                    for quad in 0..quads {
                        // SAFETY: the block holds quads of rows of `width`, the weights pairs of classes of `stride`.
                        let sums = unsafe {
                            let inputs = self.block.as_ptr().add(quad * LANES * width);
                            let weight = self.weight.as_ptr().add(class * stride + 2 * start);
                            dot_products(inputs, weight, width / LANES)
                        };
                        for (index, sums) in sums.into_iter().enumerate() {
                            let logits = logits.at_mut(quad * classes + class + index);
                            let before = if start == 0 { F32x4::splat(*self.bias.at(class + index)) } else { *logits };
                            *logits = before.add(F32x4::sums(sums));
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
        let mut writer = GradientWriter::new(self.shape, batch.folded_scaling(), output_gradient, gradient);
        let mut first = 0;
        while first < batch.rows.len() {
            let rows = first..batch.rows.len().min(first + BACKWARD_ROWS);
            for (quad, values) in output_gradient.of_rows(rows.clone()).enumerate() {
                for (values, factors) in values.iter().zip(self.factors.chunks_exact_mut(BACKWARD_ROWS)) {
                    // SAFETY: there are no more quads than `BACKWARD_ROWS` has room for.
                    unsafe { values.store(factors.as_mut_ptr().add(quad * LANES)) }
                }
            }
            let mut start = 0;
            while start < stride {
                let width = (stride - start).min(BACKWARD_PANEL);
                gather(batch, rows.clone(), start, width, Layout::tiles(rows.len()), &mut self.block);
                for tile in 0..width / TILE {
                    for class in self.shape.pairs() {
                        // SAFETY: a class has `BACKWARD_ROWS` factors, a tile of the block all rows.
                        let sums = unsafe {
                            let factors = self.factors.as_ptr().add(class * BACKWARD_ROWS);
                            products(factors, self.block.as_ptr().add(tile * rows.len() * TILE), rows.len())
                        };
                        for (index, mut sums) in sums.into_iter().enumerate() {
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

/// Products of four rows of inputs `[chunks, 4, LANES]` with two rows of weights `[chunks, 2, LANES]`, summed but for the lanes.
///
/// # Safety
/// `inputs` and `weight` must be readable for so many chunks.
#[inline(always)]
unsafe fn dot_products(inputs: *const f32, weight: *const f32, chunks: usize) -> [[F32x4; LANES]; 2] {
    let mut sums = [[F32x4::splat(0.0); LANES]; 2];
    let (mut inputs, mut weight) = (inputs, weight);
    // SAFETY: the caller's promise.
    unsafe {
        let end = weight.add(chunks * 2 * LANES);
        while weight != end {
            let [first, second] = [F32x4::load(weight), F32x4::load(weight.add(LANES))];
            for row in 0..LANES {
                let input = F32x4::load(inputs.add(row * LANES));
                sums[0][row] = sums[0][row].add(input.mul(first));
                sums[1][row] = sums[1][row].add(input.mul(second));
            }
            (inputs, weight) = (inputs.add(LANES * LANES), weight.add(2 * LANES));
        }
    }
    sums
}

/// The sums over the rows of a tile, each row times its factor, for two classes.
///
/// # Safety
/// `factors` must be readable for two rows of `BACKWARD_ROWS` values, `block` for `rows` rows of `TILE`.
#[inline(always)]
unsafe fn products(factors: *const f32, block: *const f32, rows: usize) -> [Tile; 2] {
    let mut sums = [[F32x4::splat(0.0); TILE / LANES]; 2];
    let (mut factors, mut block) = (factors, block);
    // SAFETY: the caller's promise.
    unsafe {
        let end = factors.add(rows);
        while factors != end {
            let [first, second] = [F32x4::load_splat(factors), F32x4::load_splat(factors.add(BACKWARD_ROWS))];
            for index in 0..TILE / LANES {
                let input = F32x4::load(block.add(index * LANES));
                sums[0][index] = sums[0][index].add(input.mul(first));
                sums[1][index] = sums[1][index].add(input.mul(second));
            }
            (factors, block) = (factors.add(1), block.add(TILE));
        }
    }
    sums
}
