//! The linear layer in float32.

use super::{BACKWARD_PANEL, BLOCK_ROWS, FORWARD_PANEL, Group, Kernel, MR, NR, Shape, lockstep};
use crate::data::GROUP;
use crate::data::batch::Batch;
use crate::data::samples::Inputs;
use crate::memory::{OutOfMemory, zeros};
use crate::quads::Quads;
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Features of a vector.
const VECTOR: usize = LANES;
/// Vectors of a group.
const VECTORS: usize = GROUP / VECTOR;

/// Packed operands, as [`super`] draws them.
pub struct Float32 {
    /// `[C / NR, vector]`.
    weight: Box<[[[f32; VECTOR]; NR]]>,
    /// Vectors of features of a class.
    vectors: usize,
    bias: Box<[f32]>,
    forward_rows: usize,
    /// X forward, `[quad, group]`.
    rows: Box<[[[[f32; VECTOR]; MR]; VECTORS]]>,
    /// X backward, `[group, row]`.
    columns: Box<[[f32; GROUP]]>,
    /// `[C / NR, row]`.
    output_gradient: Box<[[f32; NR]]>,
    /// Rows of the block in `columns` and `output_gradient`.
    block_rows: usize,
}

impl Kernel for Float32 {
    fn new(shape: Shape) -> Result<Self, OutOfMemory> {
        let forward_rows = shape.forward_rows(size_of::<f32>(), size_of::<f32>());
        Ok(Self {
            weight: zeros(shape.padded_size()? / (NR * VECTOR))?,
            vectors: shape.padded_features / VECTOR,
            bias: zeros(shape.padded_classes)?,
            forward_rows,
            rows: zeros(forward_rows / MR * shape.padded_features.min(FORWARD_PANEL) / GROUP)?,
            columns: zeros(BLOCK_ROWS * shape.padded_features.min(BACKWARD_PANEL) / GROUP)?,
            output_gradient: zeros(shape.per_pair(BLOCK_ROWS)?)?,
            block_rows: 0,
        })
    }

    fn forward_rows(&self) -> usize {
        self.forward_rows
    }

    fn pack_weight(&mut self, class: usize, weight: [&[f32]; NR], bias: [f32; NR], shift: [f32; NR]) {
        let packed = &mut self.weight[class / NR * self.vectors..][..self.vectors];
        for (index, weight) in weight.into_iter().enumerate() {
            self.bias[class + index] = bias[index] + shift[index];
            packed.iter_mut().zip(weight.as_chunks().0).for_each(|(packed, vector)| packed[index] = *vector);
        }
    }

    fn pack_rows(&mut self, batch: &Batch, features: Range<usize>) {
        let groups = features.len() / GROUP;
        for row in 0..batch.rows.len().next_multiple_of(MR) {
            let packed = &mut self.rows[row / MR * groups..][..groups];
            for_groups(batch, row.min(batch.rows.len() - 1), features.clone(), |group, vectors| {
                packed[group].iter_mut().zip(vectors).for_each(|(quad, vector)| vector.store(&mut quad[row % MR]));
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
        let groups = features.len() / GROUP;
        let rows = self.rows[quad * groups..][..groups].as_flattened();
        let weight = &self.weight[class / NR * self.vectors + features.start / VECTOR..][..rows.len()];
        let mut sums = [[F32x4::zero(); MR]; NR];
        lockstep(weight, [rows], |weight, [rows]| {
            let weight = [F32x4::load(&weight[0]), F32x4::load(&weight[1])];
            for row in 0..MR {
                let inputs = F32x4::load(&rows[row]);
                sums[0][row] += inputs * weight[0];
                sums[1][row] += inputs * weight[1];
            }
        });
        for (index, sums) in sums.into_iter().enumerate() {
            let is_first = features.start == 0;
            let before = if is_first { F32x4::splat(self.bias[class + index]) } else { F32x4::load(&logits[index]) };
            (before + F32x4::sums(sums)).store(&mut logits[index]);
        }
    }

    fn pack_output_gradient(&mut self, output_gradient: &Quads) {
        self.block_rows = output_gradient.rows();
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
            for_groups(batch, row, features.clone(), |group, vectors| {
                let (packed, _) = self.columns[group * self.block_rows + row].as_chunks_mut();
                packed.iter_mut().zip(vectors).for_each(|(packed, vector)| vector.store(packed));
            });
        }
    }

    #[inline(always)]
    fn backward_tile(&self, group: usize, class: usize) -> [Group; NR] {
        let rows = &self.columns[group * self.block_rows..][..self.block_rows];
        let output_gradient = &self.output_gradient[class / NR * BLOCK_ROWS..][..self.block_rows];
        let mut sums = [[F32x4::zero(); VECTORS]; NR];
        lockstep(output_gradient, [rows], |factors, [row]| {
            let factors = [F32x4::load_splat(&factors[0]), F32x4::load_splat(&factors[1])];
            for (index, inputs) in row.as_chunks().0.iter().enumerate() {
                let inputs = F32x4::load(inputs);
                sums[0][index] += inputs * factors[0];
                sums[1][index] += inputs * factors[1];
            }
        });
        sums
    }
}

/// Calls back with every group of a row's features as float32. Scaling is applied to floats; that of bytes was folded into the weights.
#[inline(always)]
fn for_groups(batch: &Batch, row: usize, features: Range<usize>, mut pack: impl FnMut(usize, Group)) {
    let load = |group: &[f32; GROUP]| {
        let (vectors, _) = group.as_chunks::<VECTOR>();
        [0, 1, 2, 3].map(|index| F32x4::load(&vectors[index]))
    };
    let start = batch.start(row);
    match &batch.samples.inputs {
        Inputs::Uint8(values) => {
            for (group, bytes) in values[start..][features].as_chunks().0.iter().enumerate() {
                pack(group, F32x4::widen(bytes));
            }
        }
        Inputs::Float32(values) => {
            let (groups, _) = values[start..][features.clone()].as_chunks();
            if batch.scaling.is_identity() {
                groups.iter().enumerate().for_each(|(group, values)| pack(group, load(values)));
            } else {
                let [scale, shift] =
                    [batch.scaling.scale(), batch.scaling.shift()].map(|values| values[features.clone()].as_chunks().0);
                for (group, ((values, scale), shift)) in groups.iter().zip(scale).zip(shift).enumerate() {
                    let [values, scale, shift] = [values, scale, shift].map(load);
                    pack(group, [0, 1, 2, 3].map(|index| values[index] * scale[index] + shift[index]));
                }
            }
        }
    }
}
