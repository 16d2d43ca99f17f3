//! x' = x · scale + shift, per feature: what the model is trained on, while the samples stay as they came.

use super::GROUP;
use crate::memory::{OutOfMemory, zeros};
use crate::simd::{F32x4, LANES, map};

/// Scale and shift of every feature.
pub struct Scaling {
    features: usize,
    /// `[D]`, followed by zeros up to a multiple of [`GROUP`].
    scale: Box<[f32]>,
    /// As `scale`.
    shift: Box<[f32]>,
    is_identity: bool,
    has_shift: bool,
}

impl Scaling {
    /// All zeros.
    pub fn new(features: usize) -> Result<Self, OutOfMemory> {
        let padded = features.next_multiple_of(GROUP);
        Ok(Self { features, scale: zeros(padded)?, shift: zeros(padded)?, is_identity: false, has_shift: false })
    }

    /// `[D]`, to be written. [`Self::refresh`] has to follow.
    pub fn scale_mut(&mut self) -> &mut [f32] {
        &mut self.scale[..self.features]
    }

    /// As [`Self::scale_mut`].
    pub fn shift_mut(&mut self) -> &mut [f32] {
        &mut self.shift[..self.features]
    }

    /// Looks at what was written, for the work that it may save.
    pub fn refresh(&mut self) {
        self.has_shift = self.shift.iter().any(|&shift| shift != 0.0);
        self.is_identity = !self.has_shift && self.scale[..self.features].iter().all(|&scale| scale == 1.0);
    }

    /// `[D]`, followed by zeros up to a multiple of [`GROUP`].
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// As [`Self::scale`].
    pub fn shift(&self) -> &[f32] {
        &self.shift
    }

    /// Whether x' is x.
    pub fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// Multiplies one class's weights by the scale, so that they take inputs as they came: W x' = (W scale) x + W shift.
    /// Returns W shift, which its bias grows by.
    pub fn fold(&self, weight: &[f32], folded: &mut [f32]) -> f32 {
        map(folded, [weight, &self.scale], |_, [weight, scale]| weight * scale);
        if !self.has_shift {
            return 0.0;
        }
        let products = weight.iter().zip(&self.shift).map(|(&weight, &shift)| f64::from(weight) * f64::from(shift));
        products.sum::<f64>() as f32
    }

    /// Turns the gradient of a tile of folded weights of one class, whose features begin at `feature`, into that of the weights
    /// themselves. `bias` is the gradient of the class's bias.
    #[inline(always)]
    pub fn unfold(&self, gradient: &mut [F32x4; GROUP / LANES], feature: usize, bias: f32) {
        let [scale, shift] = [&self.scale, &self.shift].map(|values| values[feature..feature + GROUP].as_chunks().0);
        for ((gradient, scale), shift) in gradient.iter_mut().zip(scale).zip(shift) {
            *gradient = *gradient * F32x4::load(scale) + F32x4::load(shift) * F32x4::splat(bias);
        }
    }
}
