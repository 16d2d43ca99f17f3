//! The linear layer in float32.

use super::{BACKWARD_PANEL, BLOCK_ROWS, FORWARD_PANEL, Kernel, MR, NR, Shape, Sums, lockstep};
use crate::data::TILE;
use crate::data::batch::Batch;
use crate::data::samples::Inputs;
use crate::memory::{OutOfMemory, zeros};
use crate::quads::Quads;
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Features of a vector.
const CHUNK: usize = LANES;
/// Chunks of a tile.
const CHUNKS: usize = TILE / CHUNK;

/// Packed operands.
pub struct Float32 {
    /// W, `[C / NR, chunk]` of `[NR, CHUNK]`: the classes of a tile take turns.
    weight: Box<[[[f32; CHUNK]; NR]]>,
    chunks: usize,
    bias: Box<[f32]>,
    forward_rows: usize,
    /// X of the forward pass, `[quad, tile]` of `[CHUNKS, MR, CHUNK]`: the rows of a quad take turns.
    rows: Box<[[[[f32; CHUNK]; MR]; CHUNKS]]>,
    /// X of the backward pass, `[tile, row]`.
    columns: Box<[[f32; TILE]]>,
    /// dZ, `[C / NR, row]` of `[NR]`.
    output_gradient: Box<[[f32; NR]]>,
    /// Rows of the batch in `columns` and `output_gradient`.
    batch_rows: usize,
}

impl Kernel for Float32 {
    fn new(shape: Shape) -> Result<Self, OutOfMemory> {
        let forward_rows = shape.forward_rows(size_of::<f32>(), size_of::<f32>());
        Ok(Self {
            weight: zeros(shape.padded_size()? / (NR * CHUNK))?,
            chunks: shape.padded_features / CHUNK,
            bias: zeros(shape.padded_classes)?,
            forward_rows,
            rows: zeros(forward_rows / MR * shape.padded_features.min(FORWARD_PANEL) / TILE)?,
            columns: zeros(BLOCK_ROWS * shape.padded_features.min(BACKWARD_PANEL) / TILE)?,
            output_gradient: zeros(shape.padded_classes / NR * BLOCK_ROWS)?,
            batch_rows: 0,
        })
    }

    fn forward_rows(&self) -> usize {
        self.forward_rows
    }

    fn pack_weight(&mut self, class: usize, weight: [&[f32]; NR], bias: [f32; NR], shift: [f32; NR]) {
        let packed = &mut self.weight[class / NR * self.chunks..][..self.chunks];
        for (index, weight) in weight.into_iter().enumerate() {
            self.bias[class + index] = bias[index] + shift[index];
            packed.iter_mut().zip(weight.as_chunks().0).for_each(|(packed, chunk)| packed[index] = *chunk);
        }
    }

    fn pack_rows(&mut self, batch: &Batch, features: Range<usize>) {
        let tiles = features.len() / TILE;
        for row in 0..batch.rows.len().next_multiple_of(MR) {
            let packed = &mut self.rows[row / MR * tiles..][..tiles];
            for_tiles(batch, row.min(batch.rows.len() - 1), features.clone(), |tile, chunks| {
                packed[tile].iter_mut().zip(chunks).for_each(|(quad, chunk)| chunk.store(&mut quad[row % MR]));
            });
        }
    }

    #[inline(always)]
    fn forward_tile(
        &self,
        _: &Batch,
        quad: usize,
        class: usize,
        features: Range<usize>,
        logits: &mut [[f32; LANES]; NR],
    ) {
        let tiles = features.len() / TILE;
        let rows = self.rows[quad * tiles..][..tiles].as_flattened();
        let weight = &self.weight[class / NR * self.chunks + features.start / CHUNK..][..rows.len()];
        let mut sums = [[F32x4::zero(); MR]; NR];
        lockstep(weight, [rows], |weight, [rows]| {
            let weight = [F32x4::load(&weight[0]), F32x4::load(&weight[1])];
            for row in 0..MR {
                let chunk = F32x4::load(&rows[row]);
                sums[0][row] = sums[0][row] + chunk * weight[0];
                sums[1][row] = sums[1][row] + chunk * weight[1];
            }
        });
        for (index, sums) in sums.into_iter().enumerate() {
            let is_first = features.start == 0;
            let before = if is_first { F32x4::splat(self.bias[class + index]) } else { F32x4::load(&logits[index]) };
            (before + F32x4::sums(sums)).store(&mut logits[index]);
        }
    }

    fn pack_output_gradient(&mut self, output_gradient: &Quads) {
        self.batch_rows = output_gradient.rows();
        for (quad, values) in output_gradient.iter().enumerate() {
            for (classes, packed) in
                values.as_chunks::<NR>().0.iter().zip(self.output_gradient.chunks_exact_mut(BLOCK_ROWS))
            {
                let [first, second] = [F32x4::load(&classes[0]), F32x4::load(&classes[1])];
                let packed = packed[quad * LANES..][..LANES].as_flattened_mut().as_chunks_mut().0;
                first.zip_low(second).store(&mut packed[0]);
                first.zip_high(second).store(&mut packed[1]);
            }
        }
    }

    fn pack_columns(&mut self, batch: &Batch, features: Range<usize>) {
        for row in 0..batch.rows.len() {
            for_tiles(batch, row, features.clone(), |tile, chunks| {
                let (packed, _) = self.columns[tile * batch.rows.len() + row].as_chunks_mut();
                packed.iter_mut().zip(chunks).for_each(|(packed, chunk)| chunk.store(packed));
            });
        }
    }

    #[inline(always)]
    fn backward_tile(&self, tile: usize, class: usize) -> [Sums; NR] {
        let rows = &self.columns[tile * self.batch_rows..][..self.batch_rows];
        let output_gradient = &self.output_gradient[class / NR * BLOCK_ROWS..][..self.batch_rows];
        let mut sums = [[F32x4::zero(); CHUNKS]; NR];
        lockstep(output_gradient, [rows], |factors, [row]| {
            let factors = [F32x4::load_splat(&factors[0]), F32x4::load_splat(&factors[1])];
            for (index, chunk) in row.as_chunks().0.iter().enumerate() {
                let chunk = F32x4::load(chunk);
                sums[0][index] = sums[0][index] + chunk * factors[0];
                sums[1][index] = sums[1][index] + chunk * factors[1];
            }
        });
        sums
    }
}

/// Calls back with every tile of a row's features as float32. Scaling is applied to floats; that of bytes was folded into the weights.
#[inline(always)]
fn for_tiles(batch: &Batch, row: usize, features: Range<usize>, mut pack: impl FnMut(usize, Sums)) {
    let load = |tile: &[f32; TILE]| {
        let (chunks, _) = tile.as_chunks::<CHUNK>();
        [0, 1, 2, 3].map(|index| F32x4::load(&chunks[index]))
    };
    let start = batch.start(row);
    match &batch.samples.inputs {
        Inputs::Uint8(values) => {
            for (tile, bytes) in values[start..][features].as_chunks().0.iter().enumerate() {
                pack(tile, F32x4::widen(bytes));
            }
        }
        Inputs::Float32(values) => {
            let (tiles, _) = values[start..][features.clone()].as_chunks();
            if batch.scaling.is_identity() {
                tiles.iter().enumerate().for_each(|(tile, values)| pack(tile, load(values)));
            } else {
                let [scale, shift] =
                    [batch.scaling.scale(), batch.scaling.shift()].map(|values| values[features.clone()].as_chunks().0);
                for (tile, ((values, scale), shift)) in tiles.iter().zip(scale).zip(shift).enumerate() {
                    let [values, scale, shift] = [values, scale, shift].map(load);
                    pack(tile, [0, 1, 2, 3].map(|index| values[index] * scale[index] + shift[index]));
                }
            }
        }
    }
}
