//! The linear layer in float32.
//!
//! Both inner loops keep eight vectors of sums, which with their operands fit the fifteen registers that V8 can use on x64;
//! a spilled sum would put a store and a load on the critical path.

use super::gather::{gather_quads, gather_tiles};
use super::shape::{GradientWriter, Shape, TILE, fold};
use super::{Gradient, Linear};
use crate::quads::Quads;
use crate::samples::Batch;
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};

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
            weight: vec![0.0; shape.size()],
            folded: vec![0.0; shape.stride],
            bias: vec![0.0; shape.rows],
            block: vec![0.0; forward.max(BACKWARD_ROWS * BACKWARD_PANEL)],
            block_rows,
            factors: vec![0.0; shape.rows * BACKWARD_ROWS],
        }
    }
}

impl Linear for Float32 {
    fn load(&mut self, weight: &[f32], bias: &[f32], scaling: Option<&Scaling>) {
        let Shape { features, stride, .. } = self.shape;
        for (class, source) in weight.chunks_exact(features).enumerate() {
            let shift = fold(scaling, source, &mut self.folded[..features]);
            self.bias[class] = bias[class] + shift;
            let pair = &mut self.weight[class / 2 * 2 * stride..][..2 * stride];
            let chunks = pair[class % 2 * LANES..].chunks_mut(2 * LANES);
            for (chunk, folded) in chunks.zip(self.folded.chunks_exact(LANES)) {
                chunk[..LANES].copy_from_slice(folded);
            }
        }
    }

    fn forward(&mut self, batch: Batch, logits: &mut Quads) {
        let Shape { features, stride, .. } = self.shape;
        let quad_stride = logits.stride();
        for first in (0..batch.rows.len()).step_by(self.block_rows) {
            let rows = first..batch.rows.len().min(first + self.block_rows);
            batch.touch(rows.end..rows.end + self.block_rows);
            for start in (0..features).step_by(FORWARD_PANEL) {
                let width = (stride - start).min(FORWARD_PANEL);
                gather_quads(batch, rows.clone(), start, width, &mut self.block);
                let logits = &mut logits.values_mut()[first / LANES * quad_stride..];
                for (class, weight) in (0..).step_by(2).zip(self.weight.chunks_exact(2 * stride)) {
                    let weight = &weight[2 * start..][..2 * width];
                    for quad in 0..rows.len().div_ceil(LANES) {
                        let inputs = &self.block[quad * LANES * width..][..LANES * width];
                        // SAFETY: `inputs` holds the chunks of four rows of `width`, `weight` of two.
                        let sums = unsafe { dot_products(inputs.as_ptr(), weight.as_ptr(), width / LANES) };
                        let logits = &mut logits[quad * quad_stride + class * LANES..][..2 * LANES];
                        for (index, sums) in sums.into_iter().enumerate() {
                            let target = logits[index * LANES..].as_mut_ptr();
                            // SAFETY: `logits` holds two vectors.
                            unsafe {
                                let before = match start {
                                    0 => F32x4::splat(self.bias[class + index]),
                                    _ => F32x4::load(target),
                                };
                                before.add(F32x4::sums(sums)).store(target);
                            }
                        }
                    }
                }
            }
        }
    }

    fn backward(&mut self, batch: Batch, output_gradient: &Quads, gradient: &mut Gradient) {
        let stride = self.shape.stride;
        let mut writer = GradientWriter::new(self.shape, batch.folded_scaling(), output_gradient, gradient);
        for first in (0..batch.rows.len()).step_by(BACKWARD_ROWS) {
            let rows = first..batch.rows.len().min(first + BACKWARD_ROWS);
            output_gradient.copy_classes(rows.clone(), BACKWARD_ROWS, &mut self.factors);
            for start in (0..stride).step_by(BACKWARD_PANEL) {
                let width = (stride - start).min(BACKWARD_PANEL);
                gather_tiles(batch, rows.clone(), start, width, &mut self.block);
                for (tile, block) in self.block.chunks_exact(rows.len() * TILE).take(width / TILE).enumerate() {
                    for (class, factors) in (0..).step_by(2).zip(self.factors.chunks_exact(2 * BACKWARD_ROWS)) {
                        // SAFETY: `factors` holds two rows of `BACKWARD_ROWS`, `block` all rows of a tile.
                        let sums = unsafe { products(factors.as_ptr(), block.as_ptr(), rows.len()) };
                        for (index, sums) in sums.into_iter().enumerate() {
                            writer.write(class + index, start + tile * TILE, sums, first == 0);
                        }
                    }
                }
            }
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
    for _ in 0..chunks {
        // SAFETY: the caller's promise.
        unsafe {
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
unsafe fn products(factors: *const f32, block: *const f32, rows: usize) -> [[F32x4; TILE / LANES]; 2] {
    let mut sums = [[F32x4::splat(0.0); TILE / LANES]; 2];
    let (mut factors, mut block) = (factors, block);
    for _ in 0..rows {
        // SAFETY: the caller's promise.
        unsafe {
            let [first, second] = [F32x4::load_splat(factors), F32x4::load_splat(factors.add(BACKWARD_ROWS))];
            for index in 0..TILE / LANES {
                let input = F32x4::load(block.add(index * LANES));
                sums[0][index] = sums[0][index].add(input.mul(first));
                sums[1][index] = sums[1][index].add(input.mul(second));
            }
            factors = factors.add(1);
            block = block.add(TILE);
        }
    }
    sums
}
