//! Samples as they came: Uint8 stays uint8. Rows are widened where they are needed.

use crate::checked::Checked;
use crate::memory::{CACHE_LINE, try_zeros};
use crate::scaling::Scaling;
use alloc::vec::Vec;
use core::ops::Range;

/// Inputs `[count, D]` by rows, followed by [`SLACK`] zeros.
pub enum Inputs {
    Uint8(Vec<u8>),
    Float32(Vec<f32>),
}

/// Values beyond the last row, so that sixteen may be loaded from any place in a row.
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

impl Samples {
    /// Room for `count` samples of bytes; nothing where memory does not suffice.
    pub fn uint8(count: usize, features: usize) -> Option<Self> {
        let inputs = Inputs::Uint8(try_zeros(count.checked_mul(features)?.checked_add(SLACK)?)?);
        Some(Self { count, features, inputs, targets: Targets::None, weights: None })
    }

    /// Room for `count` samples of float32; nothing where memory does not suffice.
    pub fn float32(count: usize, features: usize) -> Option<Self> {
        let inputs = Inputs::Float32(try_zeros(count.checked_mul(features)?.checked_add(SLACK)?)?);
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
        self.targets = Targets::Classes(try_zeros(self.count())?);
        match &mut self.targets {
            Targets::Classes(classes) => Some(classes),
            _ => None,
        }
    }

    /// Makes room for soft targets `[count, C]`.
    pub fn allocate_soft(&mut self, classes: usize) -> Option<&mut [f32]> {
        let values = try_zeros(self.count().checked_mul(classes)?)?;
        self.targets = Targets::Soft { values, classes: try_zeros(self.count())? };
        match &mut self.targets {
            Targets::Soft { values, .. } => Some(values),
            _ => None,
        }
    }

    /// Makes room for one weight per sample.
    pub fn allocate_weights(&mut self) -> Option<&mut [f32]> {
        self.weights = Some(try_zeros(self.count)?);
        self.weights.as_deref_mut()
    }

    /// Finds the class of every soft target once it is filled: the largest, the lowest index on ties.
    pub fn rank_soft(&mut self) {
        if let Targets::Soft { values, classes } = &mut self.targets {
            let width = (values.len() / classes.len().max(1)).max(1);
            for (class, row) in classes.iter_mut().zip(values.chunks_exact(width)) {
                let mut best = 0;
                for candidate in 1..width {
                    if row.at(candidate) > row.at(best) {
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

    /// Reads from every cache line of the inputs of `rows`, positions in the batch, and their classes. Shuffled rows are nowhere near each
    /// other; waited for together, they arrive sooner than one by one where they are used: a line of every row, then the
    /// next, so that the pages of all of them are looked up at once. Rows in a line are read as one.
    pub fn touch(&self, rows: Range<usize>) {
        let rows = self.rows.at(rows);
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return };
        let (inputs, row_bytes) = match &self.samples.inputs {
            Inputs::Uint8(values) => (values.as_ptr(), self.samples.features),
            Inputs::Float32(values) => (values.as_ptr().cast(), self.samples.features * size_of::<f32>()),
        };
        let are_in_line = (last as usize) == first as usize + rows.len() - 1;
        let (starts, length) = if are_in_line { (rows.at(..1), rows.len() * row_bytes) } else { (rows, row_bytes) };
        let mut place = 0;
        // A row need not begin with a cache line, so its end is read as well.
        while place < length + CACHE_LINE - 1 {
            for &row in starts {
                // SAFETY: the place lies within the row, or those that follow it up to `last`.
                unsafe { inputs.add(row as usize * row_bytes + place.min(length - 1)).read_volatile() };
            }
            place += CACHE_LINE;
        }
        if let Targets::Classes(classes) = &self.samples.targets {
            for &row in rows {
                // SAFETY: a reference to one class.
                unsafe { (&raw const *classes.at(row as usize)).read_volatile() };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

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
