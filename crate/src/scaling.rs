//! x' = x · scale + shift, per feature: what the model is trained on, while the samples stay as they came.

use crate::checked::Checked;
use crate::memory::zeros;
use crate::samples::SLACK;
use crate::simd::{F32x4, LANES, map};
use alloc::vec::Vec;

/// Scale and shift of every feature.
pub struct Scaling {
    features: usize,
    /// `[D]`, followed by [`SLACK`] zeros.
    scale: Vec<f32>,
    /// `[D]`, followed by [`SLACK`] zeros.
    shift: Vec<f32>,
    is_identity: bool,
    shifts: bool,
}

impl Scaling {
    /// All zeros, until [`Scaling::settle`].
    pub fn new(features: usize) -> Self {
        Self {
            features,
            scale: zeros(features + SLACK),
            shift: zeros(features + SLACK),
            is_identity: false,
            shifts: false,
        }
    }

    /// `[D]`, followed by [`SLACK`] zeros.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// `[D]`, followed by [`SLACK`] zeros.
    pub fn shift(&self) -> &[f32] {
        &self.shift
    }

    /// `[D]`, to be written; then comes [`Scaling::settle`].
    pub fn scale_mut(&mut self) -> &mut [f32] {
        self.scale.at_mut(..self.features)
    }

    /// `[D]`, to be written; then comes [`Scaling::settle`].
    pub fn shift_mut(&mut self) -> &mut [f32] {
        self.shift.at_mut(..self.features)
    }

    /// Sees what was written.
    pub fn settle(&mut self) {
        self.shifts = self.shift().iter().any(|&shift| shift != 0.0);
        self.is_identity = !self.shifts && self.scale().at(..self.features).iter().all(|&scale| scale == 1.0);
    }

    /// Whether x' is x.
    pub fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// One class's weights as its inputs need them, with the scaling folded in where there is one. Returns what its bias grows
    /// by.
    #[inline(never)]
    pub fn fold(scaling: Option<&Scaling>, weight: &[f32], folded: &mut [f32]) -> f32 {
        let folded = folded.at_mut(..weight.len());
        let Some(scaling) = scaling else {
            map(folded, [weight], |_, [weight]| weight);
            return 0.0;
        };
        map(folded, [weight, scaling.scale()], |_, [weight, scale]| weight.mul(scale));
        if !scaling.shifts {
            return 0.0;
        }
        let products = weight.iter().zip(scaling.shift()).map(|(&weight, &shift)| f64::from(weight) * f64::from(shift));
        products.sum::<f64>() as f32
    }

    /// The gradient of one class's weights from that of its folded ones, for the features from `feature` on, and from that of
    /// its bias.
    #[inline(always)]
    pub fn unfold<const N: usize>(&self, gradient: &mut [F32x4; N], feature: usize, bias: f32) {
        let scale = self.scale().at(feature..feature + N * LANES);
        let shift = self.shift().at(feature..feature + N * LANES);
        for (index, gradient) in gradient.iter_mut().enumerate() {
            // SAFETY: both hold so many vectors.
            let [scale, shift] =
                [scale, shift].map(|values| unsafe { F32x4::load(values.as_ptr().add(index * LANES)) });
            *gradient = gradient.mul(scale).add(shift.mul(F32x4::splat(bias)));
        }
    }
}
