//! Samples as they came: Uint8 stays uint8. Rows are widened where they are needed.

use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Inputs `[count, D]` by rows.
pub enum Inputs {
    /// Followed by [`SLACK`] bytes, so that a vector may be loaded from any place in a row.
    Uint8(Vec<u8>),
    Float32(Vec<f32>),
}

/// Bytes that memory moves at once.
const CACHE_LINE: usize = 64;

/// Readable bytes beyond the last row.
pub const SLACK: usize = 15;

/// What the samples should be recognised as.
pub enum Targets {
    None,
    /// The class of every sample.
    Classes(Vec<u16>),
    /// Soft targets `[count, C]` and the largest one's class.
    Soft {
        values: Vec<f32>,
        classes: Vec<u16>,
    },
}

/// Inputs and targets of a data set.
pub struct Samples {
    count: usize,
    features: usize,
    pub inputs: Inputs,
    pub targets: Targets,
    /// How much every sample counts in training, `[count]`; nothing where all count 1.
    pub weights: Option<Vec<f32>>,
}

fn zeros<T: Clone + Default>(length: usize) -> Option<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(length).ok()?;
    values.resize(length, T::default());
    Some(values)
}

impl Samples {
    /// Room for `count` samples of bytes; nothing where memory does not suffice.
    pub fn uint8(count: usize, features: usize) -> Option<Self> {
        let inputs = Inputs::Uint8(zeros(count.checked_mul(features)?.checked_add(SLACK)?)?);
        Some(Self { count, features, inputs, targets: Targets::None, weights: None })
    }

    /// Room for `count` samples of float32; nothing where memory does not suffice.
    pub fn float32(count: usize, features: usize) -> Option<Self> {
        let inputs = Inputs::Float32(zeros(count.checked_mul(features)?)?);
        Some(Self { count, features, inputs, targets: Targets::None, weights: None })
    }

    pub fn features(&self) -> usize {
        self.features
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Makes room for one class per sample.
    pub fn allocate_classes(&mut self) -> Option<&mut [u16]> {
        self.targets = Targets::Classes(zeros(self.count())?);
        match &mut self.targets {
            Targets::Classes(classes) => Some(classes),
            _ => None,
        }
    }

    /// Makes room for soft targets `[count, C]`.
    pub fn allocate_soft(&mut self, classes: usize) -> Option<&mut [f32]> {
        let values = zeros(self.count().checked_mul(classes)?)?;
        self.targets = Targets::Soft { values, classes: zeros(self.count())? };
        match &mut self.targets {
            Targets::Soft { values, .. } => Some(values),
            _ => None,
        }
    }

    /// Finds the class of every soft target once it is filled: the largest, the lowest index on ties.
    pub fn rank_soft(&mut self) {
        if let Targets::Soft { values, classes } = &mut self.targets {
            let width = values.len() / classes.len();
            for (class, row) in classes.iter_mut().zip(values.chunks_exact(width)) {
                let mut best = 0;
                for candidate in 1..width {
                    if row[candidate] > row[best] {
                        best = candidate;
                    }
                }
                *class = best as u16;
            }
        }
    }

    /// Position of the first input that is NaN or infinite.
    pub fn first_non_finite(&self) -> Option<usize> {
        match &self.inputs {
            Inputs::Uint8(_) => None,
            Inputs::Float32(values) => values.iter().position(|value| !value.is_finite()),
        }
    }
}

/// Some samples of a data set, as the model is to see them.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    pub samples: &'a Samples,
    /// Which samples, in their order.
    pub rows: &'a [u32],
    pub scaling: &'a Scaling,
}

impl<'a> Batch<'a> {
    /// The scaling that is left to the linear layer: bytes are gathered as they are.
    pub fn folded_scaling(&self) -> Option<&'a Scaling> {
        matches!(self.samples.inputs, Inputs::Uint8(_)).then_some(self.scaling)
    }

    /// Reads one byte of every cache line of the samples `rows`, positions that may lie beyond the batch. Shuffled rows are
    /// nowhere near each other; waited for together, they arrive sooner than one by one where they are used.
    pub fn touch(&self, rows: Range<usize>) {
        let (bytes, row_bytes) = match &self.samples.inputs {
            Inputs::Uint8(values) => (values.as_ptr(), self.samples.features),
            Inputs::Float32(values) => (values.as_ptr().cast(), self.samples.features * size_of::<f32>()),
        };
        for &row in &self.rows[rows.start.min(self.rows.len())..rows.end.min(self.rows.len())] {
            for line in (0..row_bytes).step_by(CACHE_LINE) {
                // SAFETY: the place lies within the row.
                unsafe { bytes.add(row as usize * row_bytes + line).read_volatile() };
            }
        }
    }

    /// Widens features of the samples `rows` (positions in the batch) to float32: `width` of them from `start` on, a
    /// multiple of sixteen, zeros beyond the last feature. `block` is `[rows, width]`. Float32 inputs are scaled on the way.
    pub fn gather(&self, rows: Range<usize>, start: usize, width: usize, block: &mut [f32]) {
        let features = self.samples.features;
        let live = width.min(features - start);
        let rows = self.rows[rows].iter().map(|&row| row as usize * features + start);
        let targets = block.chunks_exact_mut(width);
        match &self.samples.inputs {
            Inputs::Uint8(values) => rows.zip(targets).for_each(|(position, target)| {
                widen(&values[position..][..width], target);
                if live < width {
                    target[live..].fill(0.0);
                }
            }),
            Inputs::Float32(values) => rows.zip(targets).for_each(|(position, target)| {
                let source = &values[position..][..live];
                match self.scaling.is_identity() {
                    true => target[..live].copy_from_slice(source),
                    false => scale(source, self.scaling, start, target),
                }
                target[live..].fill(0.0);
            }),
        }
    }
}

/// Widens a multiple of sixteen bytes.
#[inline(always)]
fn widen(bytes: &[u8], target: &mut [f32]) {
    let (mut source, mut place) = (bytes.as_ptr(), target.as_mut_ptr());
    for _ in 0..bytes.len() / 16 {
        // SAFETY: the target is as long as the source, a multiple of sixteen.
        unsafe {
            for (index, lanes) in F32x4::load_bytes(source).into_iter().enumerate() {
                lanes.store(place.add(index * LANES));
            }
            (source, place) = (source.add(16), place.add(16));
        }
    }
}

fn scale(values: &[f32], scaling: &Scaling, first: usize, target: &mut [f32]) {
    let factors = scaling.scale()[first..].iter().zip(&scaling.shift()[first..]);
    for ((&value, target), (&scale, &shift)) in values.iter().zip(target).zip(factors) {
        *target = value * scale + shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn gathered_bytes_are_widened_and_padded_with_zeros() {
        for features in 1..=33 {
            let mut samples = Samples::uint8(3, features).unwrap();
            let Inputs::Uint8(values) = &mut samples.inputs else { unreachable!() };
            values.iter_mut().enumerate().for_each(|(index, value)| *value = 255 - index as u8);
            let expected = values.clone();
            let stride = features.next_multiple_of(16);
            let mut block = vec![f32::NAN; 2 * stride];
            let scaling = Scaling::uniform(features, 2.0, 1.0);
            let batch = Batch { samples: &samples, rows: &[1, 2, 0], scaling: &scaling };
            batch.gather(1..3, 0, stride, &mut block);
            for (row, source) in [2, 0].into_iter().enumerate() {
                let (values, padding) = block[row * stride..][..stride].split_at(features);
                assert!(values.iter().zip(&expected[source * features..]).all(|(&a, &b)| a == f32::from(b)));
                assert!(padding.iter().all(|&value| value == 0.0));
            }
        }
    }

    #[test]
    fn gathered_floats_are_scaled_and_shifted_by_feature() {
        let mut samples = Samples::float32(1, 3).unwrap();
        let Inputs::Float32(values) = &mut samples.inputs else { unreachable!() };
        values.copy_from_slice(&[1.0, 2.0, 3.0]);
        let scaling = Scaling::new(vec![2.0, 3.0, 4.0], vec![0.5, 0.0, -1.0]);
        let batch = Batch { samples: &samples, rows: &[0], scaling: &scaling };
        let mut block = vec![f32::NAN; 16];
        batch.gather(0..1, 1, 16, &mut block);
        assert_eq!(block[..3], [6.0, 11.0, 0.0]);
    }

    #[test]
    fn the_first_input_that_is_not_finite_is_found() {
        let mut samples = Samples::float32(2, 3).unwrap();
        assert_eq!(samples.first_non_finite(), None);
        let Inputs::Float32(values) = &mut samples.inputs else { unreachable!() };
        values[4] = f32::NEG_INFINITY;
        assert_eq!(samples.first_non_finite(), Some(4));
    }

    #[test]
    fn too_many_samples_are_refused_without_a_crash() {
        assert!(Samples::float32(usize::MAX / 2, 3).is_none());
        assert!(Samples::uint8(usize::MAX - SLACK, 1).is_none());
        assert!(Samples::uint8(usize::MAX, 1).is_none());
    }
}
