//! x' = x · scale + shift, per feature: what the model is trained on, while the samples stay as they came.

use crate::samples::SLACK;
use crate::simd::{F32x4, LANES};

/// Scale and shift of every feature.
pub struct Scaling {
    /// `[D]`.
    scale: Vec<f32>,
    /// `[D]`.
    shift: Vec<f32>,
    is_identity: bool,
    shifts: bool,
}

impl Scaling {
    pub fn new(mut scale: Vec<f32>, mut shift: Vec<f32>) -> Self {
        let shifts = shift.iter().any(|&shift| shift != 0.0);
        let is_identity = !shifts && scale.iter().all(|&scale| scale == 1.0);
        scale.resize(scale.len() + SLACK, 0.0);
        shift.resize(shift.len() + SLACK, 0.0);
        Self { scale, shift, is_identity, shifts }
    }

    pub fn uniform(features: usize, scale: f32, shift: f32) -> Self {
        Self::new(vec![scale; features], vec![shift; features])
    }

    /// `[D]`, followed by [`SLACK`] zeros.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// `[D]`, followed by [`SLACK`] zeros.
    pub fn shift(&self) -> &[f32] {
        &self.shift
    }

    /// Whether x' is x.
    pub fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// Folds the scaling into one class's weights, so that they can be multiplied with x. Returns what its bias grows by.
    pub fn fold(&self, weight: &[f32], folded: &mut [f32]) -> f32 {
        for ((folded, &weight), &scale) in folded.iter_mut().zip(weight).zip(&self.scale) {
            *folded = weight * scale;
        }
        if !self.shifts {
            return 0.0;
        }
        let products = weight.iter().zip(&self.shift).map(|(&weight, &shift)| f64::from(weight) * f64::from(shift));
        products.sum::<f64>() as f32
    }

    /// The gradient of one class's weights from that of its folded ones, for the features from `feature` on, and from that of
    /// its bias.
    #[inline(always)]
    pub fn unfold(&self, gradient: &mut [F32x4], feature: usize, bias: f32) {
        let scale = self.scale[feature..].chunks_exact(LANES);
        let shift = self.shift[feature..].chunks_exact(LANES);
        for ((gradient, scale), shift) in gradient.iter_mut().zip(scale).zip(shift) {
            // SAFETY: both chunks hold a vector.
            let (scale, shift) = unsafe { (F32x4::load(scale.as_ptr()), F32x4::load(shift.as_ptr())) };
            *gradient = gradient.mul(scale).add(shift.mul(F32x4::splat(bias)));
        }
    }
}
