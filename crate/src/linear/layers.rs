//! The layers of a model: one for each arithmetic, chosen by the samples.

use super::fixed16::Fixed16;
use super::float32::Float32;
use super::{Kernel, Linear};
use crate::data::batch::Batch;
use crate::data::samples::{Inputs, Samples};
use crate::data::scaling::Scaling;
use crate::memory::OutOfMemory;
use crate::quads::Quads;

/// The linear layer, whatever its arithmetic.
pub trait Layer {
    /// Packs the parameters W `[C, D]` followed by b `[C]`. `scaling` is folded into them where inputs are multiplied as they are.
    fn pack_parameters(&mut self, parameters: &[f32], scaling: Option<&Scaling>);

    /// Z = X Wᵀ + b for a block of rows, which `logits` has begun.
    fn forward(&mut self, batch: &Batch, logits: &mut Quads);

    /// Sets `gradient`, which is laid out as the parameters, to dW = dZᵀ X and db = Σ dZ of the first block of rows, or adds those
    /// of a later one.
    fn backward(&mut self, batch: &Batch, output_gradient: &Quads, gradient: &mut [f32], is_first: bool);
}

/// The layers of a model, made when they are first needed.
pub struct Layers {
    features: usize,
    classes: usize,
    /// Whether bytes are multiplied in int16.
    uses_fixed16: bool,
    fixed16: Option<Linear<Fixed16>>,
    float32: Option<Linear<Float32>>,
}

impl Layers {
    pub fn new(features: usize, classes: usize, uses_fixed16: bool) -> Self {
        Self { features, classes, uses_fixed16, fixed16: None, float32: None }
    }

    /// The layer for such samples.
    pub fn get(&mut self, samples: &Samples) -> Result<&mut dyn Layer, OutOfMemory> {
        match samples.inputs {
            Inputs::Uint8(_) if self.uses_fixed16 => get_or_make(&mut self.fixed16, self.features, self.classes),
            _ => get_or_make(&mut self.float32, self.features, self.classes),
        }
    }
}

fn get_or_make<K: Kernel>(
    layer: &mut Option<Linear<K>>,
    features: usize,
    classes: usize,
) -> Result<&mut dyn Layer, OutOfMemory> {
    if layer.is_none() {
        *layer = Some(Linear::new(features, classes)?);
    }
    Ok(layer.as_mut().expect("made above"))
}
