//! The linear layer in float32.
//!
//! Both inner loops keep eight vectors of sums, which with their operands fit the fifteen registers that V8 can use on x64;
//! a spilled sum would put a store and a load on the critical path.

use super::Linear;
use super::gather::{Layout, gather};
use super::shape::{GradientWriter, Shape, TILE, Tile};
use crate::quads::Quads;
use crate::samples::{Batch, zeros};
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};
use alloc::vec::Vec;

/// Features that the forward pass widens at a time.
const FORWARD_PANEL: usize = 1024;
/// Rows that the backward pass sums in registers: a tile of them is 16 KB, half of an L1 cache.
const BACKWARD_ROWS: usize = 256;
/// Features that the backward pass widens at a time: a cache line of bytes.
const BACKWARD_PANEL: usize = 4 * TILE;

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
        let block_rows = shape.block_rows(size_of::<f32>());
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
        let Shape { features, stride, .. } = self.shape;
        let (weight, bias) = parameters.split_at(parameters.len() / (features + 1) * features);
        for (class, &bias) in bias.iter().enumerate() {
            let shift = Scaling::fold(scaling, &weight[class * features..][..features], &mut self.folded);
            self.bias[class] = bias + shift;
            let pair = &mut self.weight[class / 2 * 2 * stride..][class % 2 * LANES..];
            for (chunk, folded) in pair.chunks_mut(2 * LANES).zip(self.folded.chunks_exact(LANES)) {
                chunk[..LANES].copy_from_slice(folded);
            }
        }
    }

    fn forward(&mut self, batch: Batch, logits: &mut Quads) {
        let Shape { stride, rows: classes, .. } = self.shape;
        let mut first = 0;
        while first < batch.rows.len() {
            let rows = first..batch.rows.len().min(first + self.block_rows);
            batch.touch(rows.end..rows.end + self.block_rows);
            let mut start = 0;
            while start < stride {
                let width = (stride - start).min(FORWARD_PANEL);
                gather(batch, rows.clone(), start, width, Layout::quads(width), &mut self.block);
                let quads = rows.len().div_ceil(LANES);
                let logits = &mut logits.values_mut()[first / LANES * classes..][..quads * classes];
                for class in (0..classes / 2).map(|pair| 2 * pair) {
                    for quad in 0..quads {
                        // SAFETY: the block holds quads of rows of `width`, the weights pairs of classes of `stride`.
                        let sums = unsafe {
                            let inputs = self.block.as_ptr().add(quad * LANES * width);
                            let weight = self.weight.as_ptr().add(class * stride + 2 * start);
                            dot_products(inputs, weight, width / LANES)
                        };
                        for (index, sums) in sums.into_iter().enumerate() {
                            let logits = &mut logits[quad * classes + class + index];
                            let before = if start == 0 { F32x4::splat(self.bias[class + index]) } else { *logits };
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
        let Shape { stride, rows: classes, .. } = self.shape;
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
                    for class in (0..classes / 2).map(|pair| 2 * pair) {
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
