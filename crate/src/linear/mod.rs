//! The linear layer Z = X Wᵀ + b and its gradients, behind one trait for every arithmetic.

mod fixed16;
mod float32;
mod gather;
mod shape;

pub use fixed16::Fixed16;
pub use float32::Float32;

use crate::quads::Quads;
use crate::samples::{Batch, Inputs, Samples};
use crate::scaling::Scaling;

/// The linear layer in one arithmetic. It keeps the parameters in the form its loops like best.
pub trait Linear {
    /// Takes in the parameters W `[C, D]` followed by b `[C]`, and folds `scaling` into them where the inputs are not scaled
    /// before they get here.
    fn load(&mut self, parameters: &[f32], scaling: Option<&Scaling>);

    /// Z = X Wᵀ + b; `logits` has room for the batch.
    fn forward(&mut self, batch: Batch, logits: &mut Quads);

    /// dW = dZᵀ X followed by db = Σ dZ, summed over the batch.
    fn backward(&mut self, batch: Batch, output_gradient: &Quads, gradient: &mut [f32]);
}

/// The layers of a model, made when they are first needed.
pub struct Layers {
    features: usize,
    classes: usize,
    /// Whether bytes are computed in int16.
    fixed16: bool,
    integer: Option<Fixed16>,
    float: Option<Float32>,
}

impl Layers {
    pub fn new(features: usize, classes: usize, fixed16: bool) -> Self {
        Self { features, classes, fixed16, integer: None, float: None }
    }

    /// The layer that suits the samples.
    pub fn of(&mut self, samples: &Samples) -> &mut dyn Linear {
        let (features, classes) = (self.features, self.classes);
        match samples.inputs {
            Inputs::Uint8(_) if self.fixed16 => self.integer.get_or_insert_with(|| Fixed16::new(features, classes)),
            _ => self.float.get_or_insert_with(|| Float32::new(features, classes)),
        }
    }
}
