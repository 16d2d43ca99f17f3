//! Samples as they came: Uint8 stays uint8. The kernels in `linear/` widen rows where they need them.

use super::GROUP;
use crate::memory::{Aligned, OutOfMemory, zeros};

/// Inputs `[count, D]` by rows. Fifteen zeros follow the last row, so that a group of features may be read from any place in a row.
/// The read of a row's last group reaches into the next row: what it finds there meets weights of zero, and so has to be finite.
/// [`Samples::first_non_finite`] checks that.
pub enum Inputs {
    Uint8(Aligned<u8>),
    Float32(Aligned<f32>),
}

/// Values beyond the last row.
const PADDING: usize = GROUP - 1;

/// What the samples should be recognised as.
pub enum Targets {
    None,
    /// The class of every sample `[count]`.
    Labels(Box<[u16]>),
    /// Soft targets `[count, C]`, and as labels the largest one's class.
    Soft {
        values: Box<[f32]>,
        labels: Box<[u16]>,
    },
}

/// Inputs and targets of a data set.
pub struct Samples {
    count: usize,
    features: usize,
    pub inputs: Inputs,
    pub targets: Targets,
    /// How much every sample counts in training, `[count]`; nothing where all count 1.
    pub sample_weights: Option<Box<[f32]>>,
}

impl Samples {
    /// Room for `count` samples of bytes.
    pub fn uint8(count: usize, features: usize) -> Result<Self, OutOfMemory> {
        Ok(Self::new(count, features, Inputs::Uint8(Aligned::zeros(padded_length(count, features)?)?)))
    }

    /// Room for `count` samples of float32.
    pub fn float32(count: usize, features: usize) -> Result<Self, OutOfMemory> {
        Ok(Self::new(count, features, Inputs::Float32(Aligned::zeros(padded_length(count, features)?)?)))
    }

    fn new(count: usize, features: usize, inputs: Inputs) -> Self {
        Self { count, features, inputs, targets: Targets::None, sample_weights: None }
    }

    /// D.
    pub fn features(&self) -> usize {
        self.features
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The class of every sample, of soft targets the largest; nothing without targets.
    pub fn labels(&self) -> Option<&[u16]> {
        match &self.targets {
            Targets::None => None,
            Targets::Labels(labels) | Targets::Soft { labels, .. } => Some(labels),
        }
    }

    /// Makes room for one label per sample, at first 0.
    pub fn allocate_labels(&mut self) -> Result<&mut [u16], OutOfMemory> {
        self.targets = Targets::Labels(zeros(self.count)?);
        match &mut self.targets {
            Targets::Labels(labels) => Ok(labels),
            _ => unreachable!("set above"),
        }
    }

    /// Makes room for soft targets `[count, C]`. Once they are filled, [`Self::rank_targets`] has to be called.
    pub fn allocate_targets(&mut self, classes: usize) -> Result<&mut [f32], OutOfMemory> {
        let values = zeros(self.count.checked_mul(classes).ok_or(OutOfMemory)?)?;
        self.targets = Targets::Soft { values, labels: zeros(self.count)? };
        match &mut self.targets {
            Targets::Soft { values, .. } => Ok(values),
            _ => unreachable!("set above"),
        }
    }

    /// Makes room for one weight per sample.
    pub fn allocate_sample_weights(&mut self) -> Result<&mut [f32], OutOfMemory> {
        Ok(self.sample_weights.insert(zeros(self.count)?))
    }

    /// Finds the class of every soft target: the largest, the lowest index on ties.
    pub fn rank_targets(&mut self) {
        if let Targets::Soft { values, labels } = &mut self.targets {
            let classes = values.len() / labels.len().max(1);
            for (label, row) in labels.iter_mut().zip(values.chunks_exact(classes.max(1))) {
                let larger = |best: usize, candidate: usize| if row[candidate] > row[best] { candidate } else { best };
                *label = (1..classes).fold(0, larger) as u16;
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

fn padded_length(count: usize, features: usize) -> Result<usize, OutOfMemory> {
    count.checked_mul(features).and_then(|length| length.checked_add(PADDING)).ok_or(OutOfMemory)
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
        for (count, features) in [(usize::MAX / 2, 3), (usize::MAX - PADDING, 1), (usize::MAX, 1)] {
            assert!(Samples::uint8(count, features).is_err());
            assert!(Samples::float32(count, features).is_err());
        }
    }
}
