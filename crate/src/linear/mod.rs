//! The linear layer Z = X Wᵀ + b and its gradients dW = dZᵀ X, db = Σ dZ, by register tiles of packed operands, as BLIS has them.
//!
//! The driver [`Linear`] stands once; a [`Kernel`] packs operands and computes tiles in one arithmetic. Forward, a tile is
//! [`MR`] rows × [`NR`] classes, summed over features; backward, it is [`NR`] classes × [`GROUP`] features, summed over the rows of a block.
//!
//! Operands are packed in the order in which a tile reads them. A vector `v` has 4 features as float32 and 8 as int16; a group has
//! 16 features, `g`. W is packed once a batch, X for a panel of features at a time, dZ once a block.
//!
//! ```text
//! W, for both passes of a pair of classes a, b        a v0 | b v0 | a v1 | b v1 | …
//! X forward, float32, of a quad of rows 0 … 3         0 v0 | 1 v0 | 2 v0 | 3 v0 | 0 v1 | …      (fixed16 reads rows where they are)
//! X backward, float32, of a group of features         row 0 g | row 1 g | row 2 g | …
//! X backward, fixed16, of a group of features         rows 0 and 1 byte by byte | rows 2 and 3 | …
//! dZ, float32, of a pair of classes a, b              row 0: a b | row 1: a b | …
//! dZ, fixed16, of a pair of classes a, b              rows 0, 1: a a b b | rows 2, 3: a a b b | …
//! ```
//!
//! Padding is packed as well, so that loops have no remainders: features and classes beyond W as zeros, rows beyond the batch as the last
//! row again. Nothing of a batch before is left in what is read.

mod fixed16;
mod float32;
mod layers;
#[cfg(test)]
mod tests;

pub use layers::{Layer, Layers};

use crate::data::GROUP;
use crate::data::batch::Batch;
use crate::data::scaling::Scaling;
use crate::memory::{OutOfMemory, zeros};
use crate::quads::{CLASS_PADDING, Quads};
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Rows of a tile forward: the lanes of a quad. With [`NR`] it makes eight vectors of sums, which with their operands fit the
/// fifteen registers that V8 can use on x64; a spilled sum would put a store and a load on the critical path.
///
/// MR and NR are the driver's: associated constants of a kernel cannot size arrays. The packing of both kernels relies on them.
pub const MR: usize = LANES;
/// Classes of a tile.
pub const NR: usize = CLASS_PADDING;
const _: () = assert!(MR == 4 && NR == 2);
// For Miri, which takes a thousand times as long, blocks and panels are small.

/// Rows of a block, the unit of a gradient: its sums are computed by themselves and added to those of the blocks before.
pub const BLOCK_ROWS: usize = if cfg!(miri) { 8 } else { 256 };
/// Features that the forward pass sums at a time.
const FORWARD_PANEL: usize = if cfg!(miri) { 2 * GROUP } else { 1024 };
/// Features that the backward pass packs at a time: as float32 with all rows they fit an L2 cache, and 784 features are seven panels.
/// 64 groups would lie in the same sets of an L1 cache and push each other out.
const BACKWARD_PANEL: usize = if cfg!(miri) { GROUP } else { 7 * GROUP };
/// Bytes of X that stay in an L1 cache while a small W passes by; measured.
const ROW_CACHE_BYTES: usize = 12 << 10;
/// Up to so many bytes W is small: an L1 or L2 cache holds it.
const WEIGHT_CACHE_BYTES: usize = 64 << 10;

/// The features of a group as float32: inputs, or the sums of a tile for one class.
type Group = [F32x4; GROUP / LANES];

/// The sizes of W, padded so that the loops need no remainders.
#[derive(Clone, Copy)]
pub struct Shape {
    pub features: usize,
    pub classes: usize,
    /// A multiple of [`GROUP`].
    pub padded_features: usize,
    /// A multiple of [`NR`].
    pub padded_classes: usize,
}

impl Shape {
    fn new(features: usize, classes: usize) -> Self {
        let (padded_features, padded_classes) = (features.next_multiple_of(GROUP), classes.next_multiple_of(NR));
        Self { features, classes, padded_features, padded_classes }
    }

    /// Values of W with its padding.
    fn padded_size(&self) -> Result<usize, OutOfMemory> {
        self.padded_classes.checked_mul(self.padded_features).ok_or(OutOfMemory)
    }

    /// Rows that the forward pass takes to all of W at a time: as many as stay in a cache where W is small, or many where W has
    /// to come from afar each time.
    fn forward_rows(&self, bytes_per_weight: usize, bytes_per_input: usize) -> usize {
        let fitting = (ROW_CACHE_BYTES / (self.padded_features * bytes_per_input)).next_multiple_of(MR).clamp(16, 64);
        let weight_bytes = self.padded_classes.saturating_mul(self.padded_features).saturating_mul(bytes_per_weight);
        if weight_bytes <= WEIGHT_CACHE_BYTES { fitting } else { 64 }
    }

    /// Pairs of classes times `length`.
    fn per_pair(&self, length: usize) -> Result<usize, OutOfMemory> {
        (self.padded_classes / NR).checked_mul(length).ok_or(OutOfMemory)
    }
}

/// One arithmetic: how it packs operands, and its tiles. A batch is a block or a part of one; ranges of features begin and end at
/// multiples of [`GROUP`].
pub trait Kernel: Sized {
    /// Room for the packed operands.
    fn new(shape: Shape) -> Result<Self, OutOfMemory>;

    /// Rows to pack and multiply at a time in the forward pass.
    fn forward_rows(&self) -> usize;

    /// Packs the weights of [`NR`] classes from `class` on, `[D padded]` each. Their biases are `bias` + `shift`.
    fn pack_weight(&mut self, class: usize, weight: [&[f32]; NR], bias: [f32; NR], shift: [f32; NR]);

    /// Packs X for the forward pass.
    fn pack_rows(&mut self, batch: &Batch, features: Range<usize>);

    /// Z of rows MR · `quad` and following and of [`NR`] classes from `class` on, summed over `features`: the first ones
    /// set `logits`, later ones are added. Beyond the batch, its last row is computed again.
    fn forward_tile(
        &self,
        batch: &Batch,
        quad: usize,
        class: usize,
        features: Range<usize>,
        logits: &mut [[f32; LANES]; NR],
    );

    /// Packs dZ.
    fn pack_output_gradient(&mut self, output_gradient: &Quads);

    /// Packs X for the backward pass.
    fn pack_columns(&mut self, batch: &Batch, features: Range<usize>);

    /// dW of group `group` of the packed features and of [`NR`] classes from `class` on, summed over all rows.
    fn backward_tile(&self, group: usize, class: usize) -> [Group; NR];
}

/// The linear layer in one arithmetic.
pub struct Linear<K> {
    shape: Shape,
    kernel: K,
    /// Weights of [`NR`] classes before they are packed, `[NR, D padded]`. Nothing writes to the padding: it stays zero.
    folded: Box<[f32]>,
    /// db of a block, `[C]`.
    bias_gradient: Box<[f32]>,
}

impl<K: Kernel> Linear<K> {
    pub fn new(features: usize, classes: usize) -> Result<Self, OutOfMemory> {
        let shape = Shape::new(features, classes);
        let folded = zeros(NR * shape.padded_features)?;
        Ok(Self { shape, kernel: K::new(shape)?, folded, bias_gradient: zeros(classes)? })
    }
}

impl<K: Kernel> Layer for Linear<K> {
    fn pack_parameters(&mut self, parameters: &[f32], scaling: Option<&Scaling>) {
        let Shape { features, classes, padded_features, padded_classes } = self.shape;
        let (weight, bias) = parameters.split_at(classes * features);
        for first in (0..padded_classes).step_by(NR) {
            let (mut biases, mut shifts) = ([0.0; NR], [0.0; NR]);
            for (index, folded) in self.folded.chunks_exact_mut(padded_features).enumerate() {
                let class = first + index;
                if class >= classes {
                    folded.fill(0.0);
                    continue;
                }
                let weight = &weight[class * features..][..features];
                biases[index] = bias[class];
                match scaling {
                    Some(scaling) => shifts[index] = scaling.fold(weight, &mut folded[..features]),
                    None => folded[..features].copy_from_slice(weight),
                }
            }
            let (even, odd) = self.folded.split_at(padded_features);
            self.kernel.pack_weight(first, [even, odd], biases, shifts);
        }
    }

    fn forward(&mut self, batch: &Batch, logits: &mut Quads) {
        let Shape { padded_features, padded_classes, .. } = self.shape;
        assert!(batch.rows.len() <= BLOCK_ROWS && batch.rows.len() == logits.rows());
        for rows in parts(batch.rows.len(), self.kernel.forward_rows()) {
            let first_quad = rows.start / MR;
            let batch = batch.slice(rows);
            batch.prefetch();
            for features in parts(padded_features, FORWARD_PANEL) {
                self.kernel.pack_rows(&batch, features.clone());
                for class in (0..padded_classes).step_by(NR) {
                    for quad in 0..batch.rows.len().div_ceil(MR) {
                        let logits = logits.tile_mut(first_quad + quad, class);
                        self.kernel.forward_tile(&batch, quad, class, features.clone(), logits);
                    }
                }
            }
        }
    }

    fn backward(&mut self, batch: &Batch, output_gradient: &Quads, gradient: &mut [f32], is_first: bool) {
        let Shape { features, classes, padded_features, padded_classes } = self.shape;
        assert!(batch.rows.len() <= BLOCK_ROWS && batch.rows.len() == output_gradient.rows());
        let (weight_gradient, bias_gradient) = gradient.split_at_mut(classes * features);
        for (class, bias) in self.bias_gradient.iter_mut().enumerate() {
            *bias = output_gradient.iter().fold(F32x4::zero(), |sum, quad| sum + F32x4::load(&quad[class])).sum();
        }
        self.kernel.pack_output_gradient(output_gradient);
        for columns in parts(padded_features, BACKWARD_PANEL) {
            self.kernel.pack_columns(batch, columns.clone());
            for (group, feature) in columns.step_by(GROUP).enumerate() {
                for class in (0..padded_classes).step_by(NR) {
                    let sums = self.kernel.backward_tile(group, class);
                    let rows = weight_gradient[class * features..].chunks_exact_mut(features);
                    for ((mut sums, row), &bias) in sums.into_iter().zip(rows).zip(&self.bias_gradient[class..]) {
                        if let Some(scaling) = batch.folded_scaling() {
                            scaling.unfold(&mut sums, feature, bias);
                        }
                        write_group(&mut row[feature..], sums, is_first);
                    }
                }
            }
        }
        for (total, bias) in bias_gradient.iter_mut().zip(&self.bias_gradient) {
            *total = if is_first { 0.0 } else { *total } + bias;
        }
    }
}

/// Sets values, of which there may be fewer than a group's, or adds to them.
#[inline(always)]
fn write_group(target: &mut [f32], group: Group, is_first: bool) {
    if let Some((target, _)) = target.split_first_chunk_mut::<GROUP>() {
        for (target, sums) in target.as_chunks_mut().0.iter_mut().zip(group) {
            let before = if is_first { F32x4::zero() } else { F32x4::load(target) };
            (before + sums).store(target);
        }
    } else {
        let group = group.map(F32x4::to_array);
        for (target, sum) in target.iter_mut().zip(group.as_flattened()) {
            *target = if is_first { 0.0 } else { *target } + sum;
        }
    }
}

/// A range cut into parts of at most `size`.
pub fn parts(length: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(size).map(move |start| start..length.min(start + size))
}

/// Calls back with the elements of slices of one length, one of each at a time. Pointers lead through them, and one comparison
/// ends a turn: a counter beside them, or an end for each slice, costs the inner loops a tenth of their time.
#[inline(always)]
fn lockstep<A, B, const N: usize>(first: &[A], others: [&[B]; N], mut visit: impl FnMut(&A, [&B; N])) {
    assert!(others.iter().all(|other| other.len() == first.len()));
    let Range { start: mut a, end } = first.as_ptr_range();
    let mut b = others.map(<[B]>::as_ptr);
    while a != end {
        // SAFETY: all slices are as long as the first one, whose end `a` has not come to: every pointer is at an element.
        unsafe {
            visit(&*a, b.map(|b| &*b));
            a = a.add(1);
            b = b.map(|b| b.add(1));
        }
    }
}
