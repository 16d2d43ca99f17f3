//! The linear layer Z = X Wᵀ + b and its gradients, behind one trait for every arithmetic.

mod float32;

pub use float32::Float32;

use crate::quads::Quads;
use crate::samples::Batch;
use crate::scaling::Scaling;

/// dW `[C, D]` and db `[C]`.
pub struct Gradient {
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
}

/// The linear layer in one arithmetic. It keeps the parameters in the form its loops like best.
pub trait Linear {
    /// Takes in the parameters W `[C, D]` and b `[C]`, and folds `scaling` into them where the inputs are not scaled
    /// before they get here.
    fn load(&mut self, weight: &[f32], bias: &[f32], scaling: Option<&Scaling>);

    /// Z = X Wᵀ + b; `logits` has room for the batch.
    fn forward(&mut self, batch: Batch, logits: &mut Quads);

    /// dW = dZᵀ X and db = Σ dZ, summed over the batch.
    fn backward(&mut self, batch: Batch, output_gradient: &Quads, gradient: &mut Gradient);
}
